"""Theory: what mean-field theory and counting say of the untrained network, to be drawn over what is measured.

    from core import Config, theory
    theory.predict(Config(activation="tanh")).data["activation_std"]  # (layer,)

Every formula is a function of its own with its source: signal and gradient in `formulas`, dead units in `death`. Means
over normally distributed pre-activations are in `gauss`, of the larger of two in `maxout`. `variances` and `inputs` are
what theory asks of initializers and of samples, `errors` the gradient of each loss. `walk` goes forward and back
through the layers; `silent` has the dead units of that, `bands` how far networks stray, `deep` what a deep network
comes to, `phase` where networks are ordered and where chaotic. `prediction` is all of it for one Config, `words` says
it, and `asked` finds arrays when they are asked for. Imports array, choices, config, datasets, measuring, memory,
networks and words, never torch. A new formula goes into the file of its subject; of a new loss, its gradient into
`errors`.

The names of this face are found when they are asked for, so that charts load without theory.

Of the formulas of papers some are here for scripts alone, such as the map of correlations and the angles of dead units.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.theory.prediction import Prediction, predict
    from core.theory.words import told, why_not

__all__ = ["Prediction", "predict", "told", "why_not"]

_FILES = {"Prediction": "prediction", "predict": "prediction", "told": "words", "why_not": "words"}


def __getattr__(name: str) -> Any:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
