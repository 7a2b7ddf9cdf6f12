import numpy as np
import pytest
import xarray as xr

from core.charts.experiments.searching.folds import cross_validation, folds_frame
from core.experiments.searching.folds import (
    CLASSES,
    COUNTS,
    DIGITS,
    FOLDS,
    PENALTIES,
    cross_validate,
    judged,
    ridge,
)
from core.networks.data import load


def told(found: xr.Dataset) -> str:
    """What the picture says of the penalties that were chosen."""
    return cross_validation.sentence_of(found).partition("none has seen. ")[2]


def test_ridge_is_the_minimum_of_what_it_says():
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(30, 5)) + 2, generator.normal(size=(30, 3))
    weights, mean, offset = ridge(inputs, targets)
    assert weights.shape == (len(PENALTIES), 5, 3)
    for weight, penalty in zip(weights, PENALTIES, strict=True):
        error = (inputs - mean) @ weight + offset - targets
        np.testing.assert_allclose(error.mean(0), 0, atol=1e-12)
        np.testing.assert_allclose((inputs - mean).T @ error / 30 + penalty * weight, 0, atol=1e-10)


def test_without_much_of_a_penalty_it_is_least_squares():
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(40, 4))
    targets = inputs @ generator.normal(size=(4, 2)) + 3
    weights, mean, offset = ridge(inputs, targets)
    np.testing.assert_allclose((inputs - mean) @ weights[0] + offset, targets, atol=1e-5)


@pytest.mark.parametrize("folds", [2, 5])
def test_every_sample_is_judged_once_by_what_was_fitted_on_the_others(folds):
    """With one fold after the other left out by hand."""
    found = cross_validate(60, folds)
    data = load(DIGITS)
    x, labels = data.inputs[:60].double().numpy(), data.targets[:60].numpy()
    for fold in range(folds):
        held = np.arange(fold, 60, folds)
        kept = np.setdiff1d(np.arange(60), held)
        weights, mean, offset = ridge(x[kept], np.eye(CLASSES)[labels[kept]])
        for place in (0, 9):
            answers = ((x[held] - mean) @ weights[place] + offset).argmax(1)
            assert found["accuracy"][place, fold] == pytest.approx((answers == labels[held]).mean())


def test_the_mean_over_folds_tells_what_unseen_samples_will():
    found = cross_validate(1400, 5)
    assert found["accuracy"].shape == (len(PENALTIES), 5)
    assert found["best_mean"] == pytest.approx(found["unseen"].sel(penalty=found["best"]).item(), abs=0.03)
    assert found["best_mean"] > 0.9 > 0.5 > found["mean"][-1]


def test_more_samples_a_fold_spread_less():
    assert cross_validate(100, 20)["spread"] > 3 * cross_validate(1400, 5)["spread"]


def test_single_folds_choose_differently():
    accuracy = np.zeros((len(PENALTIES), 2))
    accuracy[2, 0] = accuracy[5, 1] = 0.8
    accuracy[7] = 0.7, 0.6
    found = judged(accuracy, accuracy[:, 0])
    assert found["best"] == PENALTIES[7]
    assert found["spread"] == pytest.approx(0.1 / np.sqrt(2))  # of two, n − 1
    assert found["chosen"].values.tolist() == [PENALTIES[2], PENALTIES[5]]
    assert told(found) == (
        "Single folds would choose λ from 1e-6 to 3e-5; all together 3e-4, with 65.0% right, ± 7.1%: the standard "
        "deviation of single folds."
    )


def test_of_equal_penalties_the_middle_one_is_chosen():
    accuracy = np.zeros((len(PENALTIES), 2))
    accuracy[:9] = 0.9
    found = judged(accuracy, accuracy[:, 0])
    assert found["best"] == PENALTIES[4]
    assert found["chosen"].values.tolist() == [PENALTIES[4], PENALTIES[4]]
    assert told(found).startswith("Every fold alone would choose λ = 1e-5; all together 1e-5, with 90.0% right, ±")
    accuracy[4] += 1e-17 * np.array([1, -1])  # rounding
    assert judged(accuracy, accuracy[:, 0])["best"] == PENALTIES[4]


def test_penalties_are_written_as_on_the_axis():
    accuracy = np.zeros((len(PENALTIES), 2))
    accuracy[10, 0] = accuracy[17, 1] = 0.8
    words = told(judged(accuracy, accuracy[:, 0]))
    assert words.startswith("Single folds would choose λ from 0.01 to 30; all together 0.01, with 40.0% right")


@pytest.mark.parametrize("samples", COUNTS)
def test_no_fold_chooses_an_end_of_the_penalties_because_of_ties(samples):
    for folds in FOLDS:
        low, high = cross_validate(samples, folds)["chosen"].values
        assert PENALTIES[0] < low <= high < 1
        assert ("Every fold alone" in told(cross_validate(samples, folds))) == (low == high)


@pytest.mark.parametrize("folds", [1, 11])
def test_folds_that_cannot_be_are_said(folds):
    with pytest.raises(ValueError, match=f"folds must be from 2 to the number of samples, 10; got {folds}"):
        cross_validate(10, folds)


def test_the_frame_holds_every_fold_the_mean_and_the_best():
    found = cross_validate(100, 5)
    frame = folds_frame(found)
    dots, line, unseen, best = (frame[frame["mark"] == mark] for mark in ("fold", "line", "unseen", "best"))
    np.testing.assert_allclose(dots["accuracy"], found["accuracy"].values.ravel(), rtol=1e-6)
    np.testing.assert_allclose(dots["penalty"], np.repeat(PENALTIES, 5), rtol=1e-6)
    assert dots["fold"].tolist() == [1, 2, 3, 4, 5] * len(PENALTIES)
    np.testing.assert_allclose(line["accuracy"], found["mean"], rtol=1e-6)
    np.testing.assert_allclose(unseen["accuracy"], found["unseen"], rtol=1e-6)
    assert best["accuracy"].tolist() == pytest.approx([found["mean"].max().item()])
    assert len(folds_frame(cross_validate(50, 20))) < 500
