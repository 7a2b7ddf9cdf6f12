import numpy as np
import pytest
import torch
import xarray as xr

from core.charts.experiments.optimizers.landscapes import (
    BANDS,
    CELLS,
    FACTOR_END,
    LEVEL,
    REACH,
    above,
    factor_frame,
    left_of,
    path_frame,
    path_table,
    steps_of,
)
from core.choices.optimizers import optimizers
from core.experiments.optimizers.landscapes import (
    COMPARED,
    EVEN,
    LANDSCAPES,
    LAST,
    LEARNING_RATES,
    OPTIMIZERS,
    PRODUCTS,
    REACHED,
    STEPS,
    first_steps,
    heights,
    largest_product,
    measured_factor,
    path_of,
    paths,
    settings,
    step_factor,
)


def each(walked: xr.Dataset) -> list[xr.Dataset]:
    return [path_of(walked, name) for name in walked["optimizer"].values]


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_loss_is_0_at_the_goals_and_its_curvatures_there_are_those_that_it_states(name):
    place = LANDSCAPES[name]
    for goal in place.goals:
        at = torch.tensor(goal, dtype=torch.float64)
        assert place.loss(at) == 0
        hessian = torch.autograd.functional.hessian(place.loss, at)
        np.testing.assert_allclose(torch.linalg.eigvalsh(hessian), place.curvatures, atol=1e-12)
    origin = torch.autograd.functional.hessian(place.loss, torch.zeros(2, dtype=torch.float64))
    assert min(float(torch.linalg.eigvalsh(origin)[0]), 0) == pytest.approx(place.falls)
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    assert heights(name, x, y).min() >= 0


def test_a_step_is_what_the_formulas_say():
    start = np.array(LANDSCAPES["valley"].start)
    gradient = np.array(LANDSCAPES["valley"].curvatures) * start
    plain, heavy = (path["weights"].values for path in each(paths("valley", ("sgd", "momentum"), 0.02, 0.5)))
    np.testing.assert_allclose(plain[1], start - 0.02 * gradient)
    np.testing.assert_allclose(heavy[1], plain[1])
    following = np.array(LANDSCAPES["valley"].curvatures) * heavy[1]
    np.testing.assert_allclose(heavy[2], heavy[1] - 0.02 * (following + 0.5 * gradient))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_step_of_torch_is_that_of_our_own_optimizers(name):
    gradient, asked = torch.tensor([0.3], dtype=torch.float64), optimizers.asks_for(name)
    offers = {"gradient": gradient, "state": {}, "count": 1, "learning_rate": 0.01, "momentum": 0.9}
    step = optimizers[name](**{offer: value for offer, value in offers.items() if offer in asked})
    assert abs(step.item()) / 0.01 == pytest.approx(first_steps().sel(optimizer=name, gradient=0.3).item(), rel=1e-6)


def test_first_steps_are_as_known():
    """Row O1. All but SGD and its momenta step as far at a hundredth of the gradient."""
    known = {"sgd": 0.3, "adam": 1, "adagrad": 1, "adamax": 1, "rprop": 1, "rmsprop": 10, "nadam": 1.056}
    for name in OPTIMIZERS:
        large, small = first_steps().sel(optimizer=name).values
        if name in known:
            assert large == pytest.approx(known[name], rel=1e-3)
        assert small == pytest.approx(large / 100 if name in ("sgd", "momentum", "nesterov") else large, rel=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_the_factor_of_a_step_is_that_of_its_matrix_and_what_torch_does(momentum):
    for product, factor in zip(PRODUCTS, step_factor(PRODUCTS, momentum), strict=True):
        matrix = [[1 + momentum - product, -momentum], [1, 0]]
        assert factor == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), abs=1e-7)
    np.testing.assert_allclose(measured_factor(momentum), step_factor(PRODUCTS, momentum), atol=0.02)


@pytest.mark.parametrize("momentum", [0.3, 0.5, 0.9, 0.99])
def test_with_nesterovs_momentum_it_is_so_as_well(momentum):
    for product, factor in zip(PRODUCTS, step_factor(PRODUCTS, momentum, nesterov=True), strict=True):
        matrix = [[1 - (1 + momentum) * product, -(momentum**2)], [product, momentum]]  # of weight and velocity
        assert factor == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), abs=1e-7)
    measured = measured_factor(momentum, nesterov=True)
    np.testing.assert_allclose(measured, step_factor(PRODUCTS, momentum, nesterov=True), atol=0.02)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("optimizer", EVEN)
def test_the_factor_reaches_1_where_steps_become_too_large(optimizer, momentum):
    """2/λ, with momentum 2(1 + μ)/λ, and with Nesterov's 2(1 + μ)/((1 + 2μ)λ)."""
    told = settings(optimizer, momentum)
    most = largest_product(**told)
    below, at, above = step_factor(np.array([0.99, 1.0, 1.01]) * most, **told)
    assert below < 1 < above
    assert at == pytest.approx(1)
    assert step_factor(np.array([-0.01]), **told) > 1


@pytest.mark.parametrize("place", ["valley", "turned_valley"])
@pytest.mark.parametrize("rate", LEARNING_RATES)
@pytest.mark.parametrize("momentum", [0.0, 0.9, 0.99])
def test_a_path_diverges_where_its_chart_says_so(place, rate, momentum):
    """At every learning rate of the lesson, and with no, some and much momentum."""
    walked = paths(place, EVEN, rate, momentum)
    for name in EVEN:
        worst = step_factor(rate * np.array(LANDSCAPES[place].curvatures), **settings(name, momentum)).max()
        assert walked["diverged"].sel(optimizer=name) == (worst > 1)


@pytest.mark.parametrize("optimizer", EVEN)
@pytest.mark.parametrize("landscape", ["valley", "turned_valley"])
def test_descent_is_stable_up_to_its_limit_and_not_beyond(landscape, optimizer):
    limit = largest_product(**settings(optimizer, 0.9))
    steepest = max(LANDSCAPES[landscape].curvatures)
    (below,), (above,) = (each(paths(landscape, (optimizer,), share * limit / steepest, 0.9)) for share in (0.98, 1.05))
    assert below["loss"][-30:].max() < below["loss"][0]
    assert above["diverged"] or above["loss"][-30:].max() > above["loss"][0]


def test_a_path_that_diverges_ends_where_it_is_too_far_away():
    walked = paths("valley", ("adam", "sgd"), 0.2, 0.9)
    stays, leaves = each(walked)
    assert (stays["diverged"].item(), stays.sizes["step"]) == (False, STEPS + 1)
    assert leaves["diverged"]
    assert leaves.sizes["step"] < STEPS
    assert (steps_of(leaves), leaves["at_end"], left_of(leaves)) == (f"not in {STEPS}", np.inf, "diverged")
    after = walked.sel(optimizer="sgd").isel(step=slice(leaves.sizes["step"], None))
    assert np.isnan(after["weights"]).all()
    assert np.isnan(after["loss"]).all()


def test_steps_are_counted_up_to_a_hundredth_of_the_loss():
    (path,) = each(paths("valley", ("sgd",), 0.05, 0.9))
    steps, loss = int(path["steps"]), path["loss"]
    assert loss[steps] <= REACHED * loss[0] < loss[steps - 1]
    assert steps_of(path) == str(steps)


def test_a_loss_that_was_reached_and_left_again_is_said_to_be_so():
    (path,) = each(paths("noisy_bowl", ("momentum",), 0.2, 0.99))
    steps, at_end, loss = path["steps"].item(), path["at_end"].item(), path["loss"].values
    assert at_end == loss[-LAST:].mean() / loss[0]
    assert at_end > 1 > REACHED >= loss[int(steps)] / loss[0]
    assert steps_of(path) == f"{steps:.0f}, not for good"
    assert left_of(path) == f"{100 * at_end:.0f}%"


@pytest.mark.parametrize(
    ("left", "words"),
    [(0.0, "below 0.001%"), (2.37e-5, "0.00237%"), (0.5, "50%"), (7.9, "790%"), (12345.6, "1,234,560%")],
)
def test_what_is_left_is_told_in_percent(left, words):
    assert left_of(xr.Dataset({"at_end": left, "diverged": False})) == words


def test_the_table_holds_what_is_said_of_each_path():
    walked = paths("valley", ("sgd", "adam"), 0.02, 0.9)
    table = path_table(walked)
    assert table.index.tolist() == ["sgd", "adam"]
    assert table.columns.tolist() == ["Steps to 1% of the first loss", "Left of it in steps 81 to 120"]
    adam = path_of(walked, "adam")
    assert table.loc["adam"].tolist() == [steps_of(adam), left_of(adam)]


@pytest.mark.parametrize("rate", LEARNING_RATES)
def test_turning_the_valley_costs_adam_and_rmsprop_and_not_sgd(rate):
    """In steps, or in what is left where all of them are too few."""
    straight, turned = (paths(place, ("sgd", "rmsprop", "adam"), rate, 0.9) for place in ("valley", "turned_valley"))
    sgd, *others = zip(each(straight), each(turned), strict=True)
    assert sgd[1]["steps"] == pytest.approx(sgd[0]["steps"], abs=3)
    for before, after in others:
        assert (after["steps"], after["at_end"]) > (before["steps"], before["at_end"])


@pytest.mark.parametrize("rate", [rate for rate in LEARNING_RATES if rate >= 0.02])
def test_rmsprop_and_adam_cross_the_saddle_before_sgd(rate):
    sgd, *others = paths("saddle", ("sgd", "rmsprop", "adam"), rate, 0.9)["steps"].values
    assert max(others) < min(sgd, STEPS)


@pytest.mark.parametrize("optimizer", EVEN)
@pytest.mark.parametrize("rate", LEARNING_RATES)
@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_out_of_the_saddle_the_distance_grows_by_the_factor_that_is_drawn(optimizer, rate, momentum):
    (path,) = each(paths("saddle", (optimizer,), rate, momentum))
    near = np.abs(path["weights"].values[:, 0])
    near = near[: int((near > 0.1).argmax()) or None]  # where the landscape is nearly its parabola
    factor = float(step_factor(np.array(rate * LANDSCAPES["saddle"].falls), **settings(optimizer, momentum)))
    growth = near[1:] / near[:-1]
    assert 1 < growth.max() < factor * 1.001
    if len(near) > 50:
        assert growth[-1] == pytest.approx(factor, rel=0.05)


def test_in_noise_no_path_comes_to_rest():
    for rate in (LEARNING_RATES[0], LEARNING_RATES[-1]):
        for path in each(paths("noisy_bowl", COMPARED, rate, 0.9)):
            lengths = np.hypot(*np.diff(path["weights"].values[-40:], axis=0).T)
            assert lengths.min() > 0.01 * rate
    ends = {rate: each(paths("noisy_bowl", ("sgd",), rate, 0.0))[0] for rate in (0.05, 0.2)}
    assert ends[0.05]["at_end"] < ends[0.2]["at_end"] / 2
    again, other = each(paths("noisy_bowl", ("sgd", "adam"), 0.2, 0.5))
    np.testing.assert_array_equal(again["weights"], ends[0.2]["weights"])  # whoever else runs, the noise is the same
    assert other["loss"][0] == again["loss"][0]


def test_names_that_there_are_not_are_said():
    with pytest.raises(ValueError, match=r"landscape must be one of valley, .*, noisy_bowl; got 'x'"):
        paths("x", ("sgd",), 0.1, 0.9)
    with pytest.raises(ValueError, match=r"optimizer must be one of sgd, momentum, .*; got 'x'"):
        paths("valley", ("sgd", "x"), 0.1, 0.9)


def test_without_optimizers_there_is_no_path_and_still_a_landscape():
    walked = paths("valley", (), 0.1, 0.9)
    assert walked.sizes["optimizer"] == 0
    marks = set(path_frame("valley", walked)["mark"])
    assert marks == {"band", "end", "corner"}


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_band_holds_a_quarter_of_the_loss_of_the_one_around_it(name):
    bands = path_frame(name, paths(name, (), 0.1, 0.9)).query("mark == 'band'")
    wide, high = (2 * reach / cells for reach, cells in zip(REACH, CELLS, strict=True))
    loss = heights(name, *(bands[c].to_numpy(np.float64) + size / 2 for c, size in (("x", wide), ("y", high))))
    depth = np.log(loss.max() / loss) / np.log(LEVEL)
    inside = np.abs(depth - depth.round()) > 1e-3  # a frame is in float32
    np.testing.assert_array_equal(np.clip(np.ceil(depth), 1, BANDS)[inside], bands["band"][inside])
    assert bands["x2"].max() == pytest.approx(REACH[0])


@pytest.mark.parametrize("rate", [0.005, 0.2])
def test_frames_are_small_and_hold_the_paths(rate):
    walked = paths("turned_valley", COMPARED, rate, 0.99)
    frame = path_frame("turned_valley", walked)
    assert len(frame) < 3100
    for path in each(walked):
        line = frame[frame["optimizer"] == path["optimizer"].item()]
        assert len(line) == path.sizes["step"]
        np.testing.assert_allclose(line["loss"], path["loss"] / path["loss"][0], rtol=1e-6)
    factors = factor_frame("valley", EVEN, rate, 0.9)
    directions = factors.query("mark in ('direction', 'above')")
    np.testing.assert_allclose(directions["product"], rate * np.array([1, 20] * 3), rtol=1e-6)
    assert directions["shown"].max() <= FACTOR_END
    assert factors.query("mark == 'limit'")["product"].tolist() == pytest.approx([2, 3.8, 3.8 / 2.8])


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_direction_is_on_the_axis_at_every_learning_rate(name):
    for momentum in (0.0, 0.99):
        ends = []
        for rate in (LEARNING_RATES[0], LEARNING_RATES[-1]):
            frame = factor_frame(name, EVEN, rate, momentum)
            corner, drawn = frame[frame["mark"] == "corner"], frame[frame["mark"] != "corner"]
            assert drawn["product"].min() >= corner["product"].min()
            assert drawn["product"].max() <= corner["product"].max()
            assert (drawn["mark"] == "measured").sum() >= 4 * len(EVEN)
            ends.append(corner["product"].tolist())
        assert ends[0] == ends[1]
    saddle = factor_frame("saddle", EVEN, LEARNING_RATES[-1], 0.99)
    assert saddle.query("mark == 'direction'")["factor"].max() < FACTOR_END


def test_directions_off_the_axis_are_marked_and_said():
    frame = factor_frame("valley", ("sgd",), 0.2, 0.0)
    assert frame.query("mark == 'direction'")["what"].tolist() == ["flat direction"]
    off = frame.query("mark == 'above'")
    assert off[["product", "factor", "shown"]].to_numpy().tolist() == [pytest.approx([4, 3, FACTOR_END])]
    assert above(frame) == " Arrows are off the axis: sgd 3 in the steep direction."
    inside = factor_frame("valley", ("sgd",), 0.05, 0.0)
    assert not (inside["mark"] == "above").any()
    assert above(inside) == ""


def test_the_directions_that_a_path_meets_are_marked():
    marked = {}
    for name in LANDSCAPES:
        marks = factor_frame(name, ("sgd",), 0.1, 0.9).query("mark == 'direction'")
        marked[name] = dict(zip(marks["what"], marks["factor"].round(3), strict=True))
    assert marked["saddle"] == pytest.approx({"out of the saddle": 1.1, "flat direction": 0.8, "steep direction": 0.6})
    assert marked["noisy_bowl"] == pytest.approx({"any direction": 0.8})
    assert marked["valley"] == marked["turned_valley"] == pytest.approx({"flat direction": 0.9, "steep direction": 1})
