from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from streamlit.testing.v1 import AppTest

from core.charts.experiments.zigzag import KINDS, LEVELS, LOSSES, losses, path
from core.charts.experiments.zigzag import signs as signs_drawn
from core.experiments.zigzag import (
    FROM_GOAL,
    REACHED,
    RUNS,
    SAMPLES,
    SIZES,
    STEPS,
    descents,
    one_signed,
    one_signed_normal,
    signs,
)
from ui.jobs.visitors import end_all

APP = str(Path(__file__).parents[2] / "streamlit_app.py")
BATCHES = (1, 4, 16, SAMPLES)


def each(runs: xr.Dataset) -> list[xr.Dataset]:
    """The runs on positive and on centred inputs."""
    return [runs.sel(kind=kind) for kind in ("positive", "centred")]


def test_inputs_of_one_kind_are_positive_and_of_the_other_centred():
    positive, centred = each(descents(SAMPLES, 0.5))
    assert positive["inputs"].min() > 0
    np.testing.assert_allclose(centred["inputs"].mean("sample"), 0, atol=1e-15)
    np.testing.assert_allclose(np.ptp(positive["inputs"].values, 0), np.ptp(centred["inputs"].values, 0))


def test_curvatures_are_the_eigenvalues_of_the_second_moments():
    for descent in each(descents(SAMPLES, 0.5)):
        low, high = np.linalg.svd(descent["inputs"].values, compute_uv=False)[::-1] ** 2 / SAMPLES
        assert descent["stable_rate"].item() == pytest.approx(2 / high)
        assert descent["condition"].item() == pytest.approx(high / low)


def test_centring_makes_the_bowl_rounder_and_allows_a_larger_step():
    """As in row Z2, where it is 7.4 times as large."""
    positive, centred = each(descents(SAMPLES, 0.5))
    assert positive["condition"].item() > 10 > 1.5 > centred["condition"].item()
    assert centred["stable_rate"].item() > 7.4 * positive["stable_rate"].item()
    assert centred["steps"].item() < positive["steps"].item() / 5


@pytest.mark.parametrize("kind", [0, 1])
def test_descent_on_all_samples_converges_just_below_the_stable_rate_and_diverges_just_above(kind):
    below, above = (descents(SAMPLES, share)["loss"].values[kind, :, 0] for share in (0.99, 1.01))
    assert below[-1] < below[STEPS // 2] < 0.9 * below[1]
    assert above[-1] > above[STEPS // 2] > above[STEPS // 4]


@pytest.mark.parametrize("batch_size", BATCHES)
def test_positive_inputs_move_both_weights_together_for_sure_only_with_one_sample(batch_size):
    positive, centred = each(descents(batch_size, 0.3))
    assert (positive["one_signed"].item() == 1) == (batch_size == 1)
    assert centred["one_signed"].item() < 0.6
    assert positive["error"].shape == (STEPS + 1, 1 if batch_size == SAMPLES else RUNS, 2)


def test_the_zigzag_costs_few_steps():
    """With one sign always or hardly ever, descent takes about as long: it is the curvature that slows it."""
    single, whole = (descents(size, 0.3).isel(kind=0) for size in (1, SAMPLES))
    assert single["one_signed"].item() > 0.9 > 0.1 > whole["one_signed"].item()
    assert single["steps"].item() == pytest.approx(whole["steps"].item(), rel=0.15)


@pytest.mark.parametrize("batch_size", BATCHES)
def test_with_one_learning_rate_centring_saves_no_steps(batch_size):
    positive, centred = each(descents(batch_size, 0.3, same_rate=True))
    assert (
        positive["learning_rate"].item()
        == centred["learning_rate"].item()
        == pytest.approx(0.3 * positive["stable_rate"].item())
    )
    assert centred["steps"].item() == pytest.approx(positive["steps"].item(), rel=0.3)


def test_steps_are_counted_up_to_the_loss_that_is_to_be_reached():
    (descent, _) = each(descents(SAMPLES, 0.5))
    steps = int(descent["steps"].item())
    assert descent["loss"][steps, 0] <= REACHED < descent["loss"][steps - 1, 0]
    slow, _ = each(descents(SAMPLES, 0.05))
    assert slow["steps"].item() == np.inf


def test_a_step_is_the_one_that_autograd_makes():
    (descent, _) = each(descents(SAMPLES, 0.7))
    inputs = torch.tensor(descent["inputs"].values)
    target = inputs @ torch.tensor([2.0, -1.0], dtype=torch.float64)
    weights = (torch.tensor([2.0, -1.0]) + torch.tensor(FROM_GOAL)).requires_grad_()
    loss = (inputs @ weights - target).square().mean() / 2
    loss.backward()
    moved = weights.detach() - descent["learning_rate"].item() * weights.grad - torch.tensor([2.0, -1.0])
    np.testing.assert_allclose(descent["error"].values[1, 0], moved, atol=1e-12)


@pytest.mark.parametrize("size", [0, SAMPLES + 1])
def test_a_batch_that_cannot_be_is_said(size):
    with pytest.raises(ValueError, match=f"batch_size must be from 1 to {SAMPLES}; got {size}"):
        descents(size, 0.5)


def test_one_sign_is_all_positive_or_all_negative():
    gradients = np.array([[1.0, 2.0], [-1.0, -3.0], [1.0, -1.0], [0.0, 1.0]])
    assert one_signed(gradients) == 0.5


@pytest.mark.parametrize("weights", [2, 4, 8, 64])
def test_the_share_of_one_sign_is_exact_for_one_sample_and_as_theory_says_in_a_large_batch(weights):
    """Row Z1: 1.000 for one sample; in a batch of 128 of positive inputs, with 64 weights, about 0.3."""
    counted = signs(weights)
    assert counted["measured"].values[0, 0] == 1.0
    assert (np.diff(counted["measured"].values[0]) < 0.02).all()
    np.testing.assert_allclose(counted["measured"].values[:, -1], counted["expected"].values, atol=0.02)
    np.testing.assert_allclose(counted["measured"].values[1], 2.0 ** (1 - weights), atol=0.08)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.852])
def test_two_normal_gradients_agree_as_sheppard_says(correlation):
    assert one_signed_normal(2, correlation) == pytest.approx(0.5 + np.arcsin(correlation) / np.pi, abs=1e-5)
    assert one_signed_normal(1, correlation) == pytest.approx(1)


def test_a_unit_without_weights_has_no_signs():
    with pytest.raises(ValueError, match="a unit needs at least one weight; got 0"):
        signs(0)


def test_rings_are_where_the_loss_is_what_they_say():
    for descent in each(descents(SAMPLES, 0.5)):
        rings = path.frame_of(descent).query("mark == 'ring'")
        places = rings[["x", "y"]].to_numpy(np.float64)
        start = FROM_GOAL @ descent["hessian"].values @ FROM_GOAL
        loss = np.einsum("ri,ij,rj->r", places, descent["hessian"].values, places) / start
        np.testing.assert_allclose(loss, rings["loss"], rtol=1e-4)
        np.testing.assert_allclose(sorted(set(rings["loss"])), sorted(LEVELS), rtol=1e-6)


def test_the_path_is_that_of_the_first_run_until_it_is_far_away():
    near, _ = each(descents(4, 0.5))
    steps = path.frame_of(near).query("mark == 'step'")
    np.testing.assert_allclose(steps[["x", "y"]], near["error"].values[:, 0], atol=1e-6)
    _, wild = each(descents(1, 1.1))
    assert len(path.frame_of(wild).query("mark == 'step'")) < STEPS
    assert np.isfinite(path.frame_of(wild)[["x", "y"]]).all(axis=None)


@pytest.mark.parametrize("share", [0.1, 1.1])
@pytest.mark.parametrize("batch_size", [1, SAMPLES])
def test_frames_are_small_and_lines_end_where_they_leave_the_axis(batch_size, share):
    runs = descents(batch_size, share)
    frames = [*map(path.frame_of, each(runs)), losses.frame_of(runs), signs_drawn.frame_of(signs(2))]
    assert max(len(frame) for frame in frames) < 1200
    loss = losses.frame_of(runs).query("mark == 'line'")["loss"]
    assert loss.between(*LOSSES).all()
    for run in each(runs):
        lines = losses.frame_of(runs).query("mark == 'line'")
        drawn = lines[lines["kind"] == KINDS[run["kind"].item()]]["loss"].to_numpy()
        median = np.median(run["loss"].values, 1)
        np.testing.assert_allclose(drawn, median[: len(drawn)], rtol=1e-6)
        assert len(drawn) > STEPS or not LOSSES[0] <= median[len(drawn)] <= LOSSES[1]


def test_the_frame_of_signs_holds_what_was_counted():
    counted = signs(4)
    lines = signs_drawn.frame_of(counted).query("mark == 'line'")
    for kind, measured in zip(KINDS.values(), counted["measured"].values, strict=True):
        np.testing.assert_allclose(lines[lines["kind"] == kind]["share"], measured, rtol=1e-6)
    assert lines["size"].tolist() == [*SIZES, *SIZES]


def test_one_learning_rate_for_both_can_be_chosen_on_the_page():
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/zigzag.py").run()
    before = [metric.value for metric in app.metric]
    app.toggle[0].set_value(True).run()
    assert not app.exception
    after = [metric.value for metric in app.metric]
    assert before[:4] == after[:4]  # of the positive inputs
    assert int(after[4]) > 3 * int(before[4])
    end_all()
