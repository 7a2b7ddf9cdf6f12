from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from core import Config, record
from core.charts.experiments.babysitting.rates import (
    HUGE,
    LOSSES,
    MORE,
    RATIOS,
    huge_but_right,
    range_frame,
    ratio_frame,
    table,
    whether_more_are_right,
)
from core.experiments.babysitting.rates import (
    LENGTHS,
    NETWORK,
    OPTIMIZERS,
    RATES,
    RULE,
    SCALES,
    STILL,
    judged,
    range_test,
)

SMALL = replace(NETWORK, samples=200, probe_size=200, steps=60, weight_scale=0.1)


class Seen:
    """A range test, its numbers of the training samples' moments by (rate, split), and the places of two rates."""

    def __init__(self, found: xr.Dataset) -> None:
        self.found, self.ratios = found, found["ratio"].values
        self.before, self.after = found["loss"].values[0, 0], found["loss"].values[1]
        self.accuracy_before, self.accuracy_after = found["accuracy"].values[0, 0], found["accuracy"].values[1]
        self.best, self.still = (RATES.index(found[name].item()) for name in ("best", "still"))


def made(losses, ratios=None, before=0.5, shares=0.5):
    """A range test that ends with these losses (rate, split) and shares of right answers, and began with the first."""
    first, right = np.broadcast_to(losses[0], losses.shape), np.broadcast_to(shares, losses.shape)
    accuracy = np.stack([np.full(losses.shape, before), right])
    found = judged(np.stack([first, losses]), accuracy, np.full(len(RATES), 1e-3) if ratios is None else ratios)
    return Seen(found)


@pytest.mark.numerics
def test_a_tiny_rate_does_nothing_and_a_huge_one_diverges():
    test = Seen(range_test(SMALL))
    np.testing.assert_allclose(test.after[0], test.before, atol=1e-4)
    assert np.isnan(test.after[-1]).all()
    assert np.isnan(test.ratios[-1])
    assert 0.1 <= RATES[test.best] <= 3
    assert test.after[test.best, 0] < 0.05 < test.before[0]


@pytest.mark.numerics
def test_answers_get_right_while_the_loss_hardly_moves():
    """What the slides of cs231n wonder at: small outputs, of which the largest counts, however small its lead."""
    place = RATES.index(1e-3)
    test = Seen(range_test(replace(SMALL, optimizer="momentum")))
    assert test.after[place, 0] > 0.99 * test.before[0]
    assert test.accuracy_after[place, 0] > 2 * test.accuracy_before[0]


@pytest.mark.numerics
@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_the_lesson_says_holds_at_every_setting(optimizer, steps):
    for scale in SCALES:
        test = Seen(range_test(replace(NETWORK, optimizer=optimizer, weight_scale=scale, steps=steps)))
        place = test.still
        assert place < test.best
        assert abs(test.after[place, 0] / test.before[0] - 1) < STILL
        still = np.abs(test.after[: test.best, 0] / test.before[0] - 1) < STILL
        assert test.accuracy_after[place, 0] == test.accuracy_after[: test.best, 0][still].max()
        assert ("largest output counts" in whether_more_are_right(test.found)) == (
            test.accuracy_after[place, 0] - test.accuracy_before[0] >= MORE
        )
        assert scale > SCALES[0] or "largest output counts" in whether_more_are_right(test.found)
        assert abs(test.after[0, 0] - test.before[0]) < 0.01  # hardly anything happens at 1e-6
        assert np.isfinite(test.after[-1]).all() == (optimizer == "adam")
        assert np.nan_to_num(test.after[-1], nan=np.inf).min() > 1e6
        assert optimizer != "adam" or "the loss is huge although" in huge_but_right(test.found)
        assert test.ratios[test.best] > RULE
        assert test.before.max() < 1.05 * test.before.min()  # enough samples are held out
        inside = test.after[np.isfinite(test.after)]
        assert inside.min() > LOSSES.floor


def test_words_say_whether_more_are_right_where_the_loss_hardly_moves():
    losses = np.full((len(RATES), 2), 2.0)
    losses[8], losses[9] = 0.5, 2.01  # the best, and one that came back to where it began
    shares = np.full((len(RATES), 2), 0.1)
    shares[9] = 0.9
    assert whether_more_are_right(made(losses, before=0.1, shares=shares).found) == (
        "Where a rate is so low that the loss moves by less than 1%, hardly more answers are right than before: "
        "10%, then 10% at most."
    )
    shares[5] = 0.25
    assert whether_more_are_right(made(losses, before=0.1, shares=shares).found) == (
        f"At {RATES[5]:g} the loss has moved by less than 1%, yet 25% are right instead of 10%: "
        "the largest output counts, however small its lead."
    )


def test_words_say_how_a_huge_loss_goes_with_many_right_answers():
    losses, shares = np.full((len(RATES), 2), 1.0), np.full((len(RATES), 2), 0.2)
    assert huge_but_right(made(losses, before=0.1, shares=shares).found) == ""
    losses[-1] = np.nan
    losses[RATES.index(1.0)], losses[RATES.index(0.1)] = 3e6, HUGE
    shares[RATES.index(1.0)] = 0.75
    assert huge_but_right(made(losses, before=0.1, shares=shares).found) == (
        "At 1 the loss is huge although 75% are right: with such large weights each of the wrong answers costs some "
        "1.20e+07 nats, and the loss is the mean over all."
    )
    assert 40 * np.log(10) < HUGE  # what all right answers together add to the mean is next to nothing
    shares[:] = 0.1
    assert huge_but_right(made(losses, before=0.1, shares=shares).found) == ""  # nothing is learned


@pytest.mark.numerics
def test_adam_survives_a_rate_that_kills_descent():
    adam = Seen(range_test(replace(SMALL, optimizer="adam", weight_scale=1.0)))
    assert np.isfinite(adam.after).all()
    assert adam.after[-1, 0] > 1e6


def test_a_run_of_the_test_is_that_of_its_network_alone():
    test, place = Seen(range_test(SMALL)), RATES.index(0.1)
    alone = record(replace(SMALL, learning_rate=0.1)).data
    np.testing.assert_allclose(test.after[place], alone["loss"][-1], rtol=1e-4)
    np.testing.assert_allclose(test.before, alone["loss"][0], rtol=1e-5)
    assert test.ratios[place] == pytest.approx(alone["update_ratio"].median("step").item(), rel=1e-3)


@pytest.mark.numerics
def test_the_update_ratio_of_descent_grows_with_the_rate_while_little_is_learned():
    small = Seen(range_test(SMALL)).ratios[:5]
    np.testing.assert_allclose(small[1:] / small[:-1], np.sqrt(10), rtol=0.05)


@pytest.mark.numerics
def test_the_best_rate_is_that_of_the_lowest_loss_on_both_splits():
    losses = np.full((len(RATES), 2), 1.0)
    losses[3], losses[4], losses[5] = (0.0, 2.0), (0.5, 0.6), (np.nan, np.nan)
    assert made(losses).best == 4


def test_only_one_hidden_layer_is_tested():
    with pytest.raises(ValueError, match="a range test is of networks with one hidden layer; depth is 2"):
        range_test(Config(depth=2))


def test_the_table_says_how_runs_began_and_ended():
    test = Seen(range_test(SMALL))
    rows = table(test.found)
    assert rows.index.tolist() == ["1e-6", "0.001", "0.1", "1", "1e6"]
    assert rows.loc["1e-6", "Loss"] == f"{test.before[0]:.4f} → {test.after[0, 0]:.4f}"
    assert rows.loc["1e6"].tolist() == [f"{test.before[0]:.4f} → NaN", f"{test.accuracy_before[0]:.0%} → NaN"]
    losses = np.full((len(RATES), 2), 12345.0)
    assert table(made(losses).found).loc["1", "Loss"] == "12345.0000 → 1.23e+04"


def test_nothing_is_drawn_in_silence():
    """What is no number, 0, or beyond an end of the axis has a mark of its own."""
    losses = np.ones((len(RATES), 2))
    losses[:5, 0] = np.nan, np.inf, 0.0, 1e9, 1e-9
    ratios = np.array([1e-12, 1e5, *np.full(len(RATES) - 2, 0.1)])
    frame = range_frame(made(losses, ratios).found)
    train = frame[(frame["split"] == "train") & (frame["mark"] != "before")]
    assert train["mark"].tolist() == ["lost", "lost", "zero", "above", "below", *["line"] * (len(RATES) - 5)]
    low, high = LOSSES
    assert train["shown"][:5].tolist() == pytest.approx([high, high, low, high, low])
    assert frame.query("mark == 'before'")["split"].tolist() == ["train", "validation"]
    updates = ratio_frame(made(losses, ratios).found)
    assert updates["mark"][:3].tolist() == ["below", "above", "line"]
    assert updates["shown"][:2].tolist() == pytest.approx([*RATIOS])
    assert updates.query("mark == 'rule'")["shown"].tolist() == pytest.approx([RULE])


def test_the_best_rate_is_marked_in_both_charts():
    test = Seen(range_test(SMALL))
    for frame, value in (
        (range_frame(test.found), test.after[test.best].max()),
        (ratio_frame(test.found), test.ratios[test.best]),
    ):
        (best,) = frame.query("mark == 'best'").to_dict("records")
        assert best["rate"] == pytest.approx(RATES[test.best])
        assert best["value"] == best["shown"] == pytest.approx(value)
