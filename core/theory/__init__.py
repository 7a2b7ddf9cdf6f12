"""Theory: what mean-field theory and counting say of the untrained network, to be drawn over what is measured.

    from core import Config, theory
    theory.predict(Config(activation="tanh")).data["activation_std"]  # (layer,)

Every formula is a function of its own, in core.theory.formulas and core.theory.death, with its source.
"""

from core.theory.prediction import Prediction, predict
from core.theory.words import words

__all__ = ["Prediction", "predict", "words"]
