"""Chosen: what a Config chose from the registries, with the settings that the entry asks for."""

from core.choices.activations import activations
from core.choices.phi import Phi
from core.config.config import Config


def phi(config: Config) -> Phi:
    """The activation of a Config, with the settings that it asks for."""
    asked = activations.asks_for(config.activation) - {"z"}
    extras = asked & {"trained_slope", "random"}
    settings = tuple((name, getattr(config, name)) for name in sorted(asked - extras))
    return Phi(activations[config.activation], settings, extras)
