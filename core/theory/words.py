"""Words: what a prediction says beside its lines, in a sentence or two for the page."""

from collections.abc import Iterator
from math import isfinite

from core.theory.prediction import Prediction
from core.words.said import counted, said

RARE = 0.001  # a smaller chance is not worth a word
REASONS = {
    "later_step": "Theory speaks of the untrained network only, and not of step {step:,}.",
    "no_data": "{problem}",
    "zero_inputs": "All inputs are 0, or batch norm makes 0 of them.",
    "out_of_range": "The signal leaves the range of float32 numbers.",
    "no_layer": "There is no hidden layer.",
    "no_formula": "Of {normalization} no simple formula is known.",
    "no_variance": "{initializer} draws no independent weights of one variance around 0.",
    "zero_weights": "Every weight is 0, or too small for float32 numbers.",
    "small_batch": "Batch norm of fewer than {few} samples makes no normal distribution of them.",
}
REMARKS = {
    "no_gradient": "Of the gradient of {loss} it says nothing.",
    "loud": "Squared errors of this many outputs need wider layers: gradients are larger than theory says.",
    "few_inputs": "Sums of {features} inputs are taken as normally distributed.",
    "narrow": "A layer of {width} units is far from an infinitely wide one.",
    "alike": "Inputs that are alike in part are followed in groups, not one by one.",
    "gradient_out_of_range": "On its way back the gradient leaves the range of float32 numbers.",
    "out_of_range_from": "From layer {layer} on, the signal leaves the range of float32 numbers.",
    "silent": "Hardly a unit is ever on: in a single network, chance decides, and it may be far from theory.",
}


OF_ONE_UNIT = "A layer of one unit is far from an infinitely wide one."  # what is narrow, of width 1


def told(prediction: Prediction) -> str:
    """Why there is no theory; or the numbers of a deep network of these weights, and what is approximate."""
    if reason := why_not(prediction):
        return said("No line of theory: {reason}", reason=f"{reason[0].lower()}{reason[1:]}")
    numbers = ", ".join(_numbers(prediction))
    known = [said("Far from its input, theory says: {numbers}.", numbers=numbers)] if numbers else []
    return " ".join([*known, *remarks(prediction)])


def why_not(prediction: Prediction) -> str:
    """Why there is no theory; nothing where there is one."""
    reason = prediction.reason
    return said(REASONS[reason.name], **reason.facts) if reason else ""


def remarks(prediction: Prediction) -> list[str]:
    """What is approximate, a sentence each."""
    every = prediction.remarks
    return [counted(r.facts.get("width", 0), OF_ONE_UNIT, REMARKS[r.name], **r.facts) for r in every]


def _numbers(prediction: Prediction) -> Iterator[str]:
    known = {name: number for name, number in prediction.numbers.items() if isfinite(number)}
    if "chi" in known:
        yield said("a layer multiplies the square of the gradient by χ = {chi:.3g}", chi=known["chi"])
    if known.get("xi_c", 0) > 0:
        yield said("two inputs become alike within some {layers:.3g} layers", layers=known["xi_c"])
    if "critical_weight_scale" in known:
        yield said("weight scale {scale:.3g} is the edge of chaos", scale=known["critical_weight_scale"])
    if RARE < known.get("born_dead", 0) < 1:
        chance = known["born_dead"]
        yield said("some layer is dead from the start with a chance of at most {chance:.2g}", chance=chance)
