"""Words: what a prediction says beside its lines, in a sentence or two for the page."""

from collections.abc import Iterator
from math import isfinite

from core.theory.prediction import Prediction

RARE = 0.001  # a smaller chance is not worth a word


def words(prediction: Prediction) -> str:
    """Why there is no theory; or the numbers of a deep network of these weights, and what is approximate."""
    if prediction.reason:
        return f"No line of theory: {prediction.reason[0].lower()}{prediction.reason[1:]}"
    numbers = ", ".join(_numbers(prediction))
    known = [f"Far from its input, theory says: {numbers}."] if numbers else []
    return " ".join([*known, *prediction.remarks])


def _numbers(prediction: Prediction) -> Iterator[str]:
    known = {name: number for name, number in prediction.numbers.items() if isfinite(number)}
    if "chi" in known:
        yield f"a layer multiplies the square of the gradient by χ = {known['chi']:.3g}"
    if known.get("xi_c", 0) > 0:
        yield f"two inputs become alike within some {known['xi_c']:.3g} layers"
    if "critical_weight_scale" in known:
        yield f"weight scale {known['critical_weight_scale']:.3g} is the edge of chaos"
    if RARE < known.get("born_dead", 0) < 1:
        yield f"some layer is dead from the start with a chance of at most {known['born_dead']:.2g}"
