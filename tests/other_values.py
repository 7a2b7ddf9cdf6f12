"""Other values: what a field may be instead of its default, for tests that change one field at a time."""

from core import Config
from core.config.fields import Choice, Number


def another_value(name: str) -> object:
    """An allowed value of the field that is not its default."""
    field, default = Config.fields()[name], getattr(Config.default(), name)
    if isinstance(field, Choice):
        return next(option for option in field.options if option != default)
    if isinstance(field, Number):
        return next(end for end in (*field.slider, field.high) if end != default)
    return "0" * 32


def asking_for(name: str) -> dict[str, str]:
    """The choice that makes the field matter; nothing where it always does."""
    asked_by = Config.fields()[name].asked_by
    if asked_by is None:
        return {}
    asking = Config.fields()[asked_by]
    assert isinstance(asking, Choice)
    return {asked_by: next(entry for entry in asking.options if name in asking.options.asks_for(entry))}
