"""Deep networks: the numbers that describe a network of these weights far from its input."""

import numpy as np

from core.theory.formulas import chi, depth_scale, edge_of_chaos, fixed_point, log_slopes, q_slope
from core.theory.walk import Walk

BESIDE = 0.03  # how far beside an edge, relative to it, its two sides are looked at
LIMIT = 1e12  # stands for q* where q grows without end


def numbers_of(walk: Walk) -> dict[str, float]:
    """The numbers by name, see `core.theory.prediction.Prediction`."""
    phi, hidden = walk.layers.curve, walk.hidden
    numbers = {"weight_variance": hidden.weights, "bias_variance": hidden.bias, "born_dead": _born_dead(walk)}
    if walk.config.normalization != "none":
        growth = float(hidden.weights * walk.norms[-1].mean() * walk.middle.slope_square[-1])
        with np.errstate(divide="ignore"):  # a step passes no gradient on
            slope = -float(np.log10(growth))
        return numbers | {"chi": growth, "xi_c": float(depth_scale(growth)), "gradient_slope": slope}
    q = fixed_point(phi, hidden.weights, hidden.bias, walk.bias, start=float(walk.middle.q[0]))
    there, numbers["q_star"] = min(q, LIMIT), q
    numbers["chi"] = float(chi(phi, there, hidden.weights, walk.bias))
    numbers["xi_c"] = float(depth_scale(numbers["chi"]))
    numbers["xi_q"] = float(depth_scale(q_slope(phi, there, hidden.weights, walk.bias)))
    slopes = log_slopes(phi, float(walk.middle.q[-1]), hidden.weights, walk.bias)
    numbers["gradient_slope"], numbers["weight_gradient_slope"] = slopes
    edge = edge_of_chaos(phi, hidden.bias, walk.bias)
    if edge is not None and _is_met(walk, edge.weight_variance):
        numbers["critical_weight_variance"] = edge.weight_variance
        numbers["critical_weight_scale"] = walk.config.weight_scale * (edge.weight_variance / hidden.weights) ** 0.5
    return numbers


def _is_met(walk: Walk, critical: float) -> bool:
    """Whether networks that start like this one come to the ordered side just below this σ_w², and to the other above.

    An edge may belong to a q that they never come to.
    """
    phi, found = walk.layers.curve, []
    for variance in (critical * (1 - BESIDE), critical * (1 + BESIDE)):
        start = variance + walk.hidden.bias
        q = min(fixed_point(phi, variance, walk.hidden.bias, walk.bias, start=start), LIMIT)
        found.append(float(chi(phi, q, variance, walk.bias)))
    below, above = found
    return below < 1 < above


def _born_dead(walk: Walk) -> float:
    """An upper bound of the chance that some layer is dead: that of one input (Lu et al. 2020), each layer its own."""
    dead = np.minimum(walk.layers.share("still").mean(1) ** walk.config.width, 1 - 1e-16)
    return float(-np.expm1(np.log1p(-dead).sum())) + 0.0
