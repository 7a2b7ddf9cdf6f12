"""Words: what a prediction says beside its lines, in a sentence or two for the page."""

from math import isfinite

from core.theory.prediction import Prediction

NUMBERS = {  # of Prediction.numbers, what they are called
    "chi": "χ {:.3g}",
    "xi_c": "depth scale {:.3g} layers",
    "critical_weight_scale": "edge of chaos at weight scale {:.3g}",
    "born_dead": "chance of a layer that is born dead at most {:.2g}",
}


def words(prediction: Prediction) -> str:
    """Why there is no theory; or the numbers of a deep network of these weights, and what is approximate."""
    if prediction.reason:
        return f"No line of theory: {prediction.reason[0].lower()}{prediction.reason[1:]}"
    known = {name: prediction.numbers[name] for name in NUMBERS if isfinite(prediction.numbers.get(name, float("nan")))}
    numbers = ", ".join(NUMBERS[name].format(number) for name, number in known.items())
    return " ".join([f"Theory of the untrained network, far from its input: {numbers}.", *prediction.remarks])
