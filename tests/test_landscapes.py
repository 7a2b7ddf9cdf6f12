import numpy as np
import pytest
import torch
from drawn import assert_drawn_from

from core.charts.landscapes import (
    BANDS,
    CELLS,
    FACTOR_END,
    LEVEL,
    REACH,
    factor_frame,
    factor_spec,
    path_frame,
    path_spec,
)
from core.landscapes import (
    COMPARED,
    LANDSCAPES,
    OPTIMIZERS,
    PRODUCTS,
    REACHED,
    STEPS,
    first_steps,
    heights,
    measured_factor,
    paths,
    step_factor,
)
from core.optimizers import optimizers


def steps_of(landscape, optimizer, learning_rate=0.05, momentum=0.9):
    (path,) = paths(landscape, (optimizer,), learning_rate, momentum)
    return path.steps


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_loss_is_0_at_the_goals_and_its_curvatures_there_are_those_that_it_states(name):
    place = LANDSCAPES[name]
    for goal in place.goals:
        at = torch.tensor(goal, dtype=torch.float64)
        assert place.loss(at) == 0
        hessian = torch.autograd.functional.hessian(place.loss, at)
        np.testing.assert_allclose(torch.linalg.eigvalsh(hessian), place.curvatures, atol=1e-12)
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    assert heights(name, x, y).min() >= 0


def test_a_step_is_what_the_formulas_say():
    start = np.array(LANDSCAPES["valley"].start)
    gradient = np.array(LANDSCAPES["valley"].curvatures) * start
    plain, heavy = paths("valley", ("sgd", "momentum"), 0.02, 0.5)
    np.testing.assert_allclose(plain.weights[1], start - 0.02 * gradient)
    np.testing.assert_allclose(heavy.weights[1], plain.weights[1])
    following = np.array(LANDSCAPES["valley"].curvatures) * heavy.weights[1]
    np.testing.assert_allclose(heavy.weights[2], heavy.weights[1] - 0.02 * (following + 0.5 * gradient))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_step_of_torch_is_that_of_our_own_optimizers(name):
    gradient, asked = torch.tensor([0.3], dtype=torch.float64), optimizers.asks_for(name)
    offers = {"gradient": gradient, "state": {}, "count": 1, "learning_rate": 0.01, "momentum": 0.9}
    step = optimizers[name](**{offer: value for offer, value in offers.items() if offer in asked})
    assert abs(step.item()) / 0.01 == pytest.approx(first_steps()[name][0], rel=1e-6)


def test_first_steps_are_as_known():
    """Row O1. All but SGD and its momenta step as far at a hundredth of the gradient."""
    known = {"sgd": 0.3, "adam": 1, "adagrad": 1, "adamax": 1, "rprop": 1, "rmsprop": 10, "nadam": 1.056}
    for name, (large, small) in first_steps().items():
        if name in known:
            assert large == pytest.approx(known[name], rel=1e-3)
        assert small == pytest.approx(large / 100 if name in ("sgd", "momentum", "nesterov") else large, rel=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_the_factor_of_a_step_is_that_of_its_matrix_and_what_torch_does(momentum):
    for product, factor in zip(PRODUCTS, step_factor(PRODUCTS, momentum), strict=True):
        matrix = [[1 + momentum - product, -momentum], [1, 0]]
        assert factor == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), abs=1e-7)
    np.testing.assert_allclose(measured_factor(momentum), step_factor(PRODUCTS, momentum), atol=0.02)


@pytest.mark.parametrize(("optimizer", "limit"), [("sgd", 2), ("momentum", 2 * 1.9), ("nesterov", 2 * 1.9 / 2.8)])
@pytest.mark.parametrize("landscape", ["valley", "turned valley"])
def test_descent_is_stable_up_to_its_limit_and_not_beyond(landscape, optimizer, limit):
    """2/λ, with momentum 2(1 + μ)/λ, and with Nesterov's 2(1 + μ)/((1 + 2μ)λ)."""
    steepest = max(LANDSCAPES[landscape].curvatures)
    (below,), (above,) = (paths(landscape, (optimizer,), share * limit / steepest, 0.9) for share in (0.98, 1.05))
    assert below.losses[-30:].max() < below.losses[0]
    assert above.diverged or above.losses[-30:].max() > above.losses[0]


def test_a_path_that_diverges_ends_where_it_is_too_far_away():
    stays, leaves = paths("valley", ("adam", "sgd"), 0.2, 0.9)
    assert (stays.diverged, len(stays.losses)) == (False, STEPS + 1)
    assert leaves.diverged
    assert len(leaves.losses) < STEPS
    assert (leaves.steps_in_words, leaves.at_end) == (f"> {STEPS}", np.inf)


def test_steps_are_counted_up_to_a_hundredth_of_the_loss():
    (path,) = paths("valley", ("sgd",), 0.05, 0.9)
    steps = int(path.steps)
    assert path.losses[steps] <= REACHED * path.losses[0] < path.losses[steps - 1]
    assert path.steps_in_words == str(steps)


def test_turning_the_valley_costs_adam_steps_and_sgd_none():
    assert steps_of("turned valley", "sgd") == pytest.approx(steps_of("valley", "sgd"), abs=2)
    assert steps_of("turned valley", "adam") > 2 * steps_of("valley", "adam")


def test_adam_leaves_a_saddle_before_sgd():
    assert steps_of("saddle", "adam") < STEPS / 4
    assert steps_of("saddle", "sgd") > STEPS


def test_in_noise_a_smaller_learning_rate_ends_lower_and_no_step_shrinks_by_itself():
    ends = {rate: paths("noisy bowl", ("sgd",), rate, 0.0)[0] for rate in (0.05, 0.2)}
    assert ends[0.05].at_end < ends[0.2].at_end / 2
    lengths = np.hypot(*np.diff(ends[0.2].weights, axis=0).T)
    assert lengths[-40:].mean() > lengths[20:60].mean() / 2
    again, other = paths("noisy bowl", ("sgd", "adam"), 0.2, 0.5)
    np.testing.assert_array_equal(again.weights, ends[0.2].weights)  # whoever else runs, the noise is the same
    assert other.losses[0] == again.losses[0]


def test_names_that_there_are_not_are_said():
    with pytest.raises(ValueError, match=r"landscape must be one of valley, .*, noisy bowl; got 'x'"):
        paths("x", ("sgd",), 0.1, 0.9)
    with pytest.raises(ValueError, match=r"optimizer must be one of sgd, momentum, .*; got 'x'"):
        paths("valley", ("sgd", "x"), 0.1, 0.9)


def test_without_optimizers_there_is_no_path_and_still_a_landscape():
    assert paths("valley", (), 0.1, 0.9) == []
    marks = set(path_frame("valley", [])["mark"])
    assert marks == {"band", "end", "corner"}


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_band_holds_a_quarter_of_the_loss_of_the_one_around_it(name):
    bands = path_frame(name, []).query("mark == 'band'")
    wide, high = (2 * reach / cells for reach, cells in zip(REACH, CELLS, strict=True))
    loss = heights(name, *(bands[c].to_numpy(np.float64) + size / 2 for c, size in (("x", wide), ("y", high))))
    depth = np.log(loss.max() / loss) / np.log(LEVEL)
    inside = np.abs(depth - depth.round()) > 1e-3  # a frame is in float32
    np.testing.assert_array_equal(np.clip(np.ceil(depth), 1, BANDS)[inside], bands["band"][inside])
    assert bands["x2"].max() == pytest.approx(REACH[0])


@pytest.mark.parametrize("rate", [0.005, 0.2])
def test_frames_are_small_and_hold_the_paths(rate):
    walked = paths("turned valley", COMPARED, rate, 0.99)
    frame = path_frame("turned valley", walked)
    assert len(frame) < 3100
    for path in walked:
        own = frame[frame["optimizer"] == path.optimizer]
        assert len(own) == len(path.losses)
        np.testing.assert_allclose(own["loss"], path.losses / path.losses[0], rtol=1e-6)
    factors = factor_frame("valley", rate, 0.9)
    directions = factors.query("mark == 'direction'")
    np.testing.assert_allclose(directions["product"], rate * np.array([1, 20, 1, 20]), rtol=1e-6)
    assert directions["shown"].max() <= FACTOR_END
    assert factors.query("mark == 'limit'")["product"].tolist() == pytest.approx([2, 3.8])


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    walked = paths("saddle", COMPARED, 0.05, 0.9)
    drawn = (
        (path_spec(COMPARED, dark=dark), path_frame("saddle", walked)),
        (factor_spec(dark=dark), factor_frame("saddle", 0.05, 0.9)),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)
