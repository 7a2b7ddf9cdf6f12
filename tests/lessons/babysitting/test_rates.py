from dataclasses import replace

import numpy as np
import pytest
from drawn import assert_drawn_from

from core import Config, record
from core.charts.experiments.babysitting.rates import LOSSES, RATIOS, range_frame, range_spec, ratio_frame, ratio_spec
from core.experiments.babysitting.rates import (
    BESIDE,
    HUGE,
    LENGTHS,
    MORE,
    NETWORK,
    OPTIMIZERS,
    RATES,
    RULE,
    SCALES,
    STILL,
    RangeTest,
    range_test,
)

SMALL = replace(NETWORK, samples=200, probe_size=200, steps=60, weight_scale=0.1)


def test_a_tiny_rate_does_nothing_and_a_huge_one_diverges():
    test = range_test(SMALL)
    np.testing.assert_allclose(test.after[0], test.before, atol=1e-4)
    assert np.isnan(test.after[-1]).all()
    assert np.isnan(test.ratios[-1])
    assert 0.1 <= RATES[test.best] <= 3
    assert test.after[test.best, 0] < 0.05 < test.before[0]


def test_answers_get_right_while_the_loss_hardly_moves():
    """What the slides of cs231n wonder at: small outputs, of which the largest counts, however small its lead."""
    place = RATES.index(1e-3)
    test = range_test(replace(SMALL, optimizer="momentum"))
    assert test.after[place, 0] > 0.99 * test.before[0]
    assert test.accuracy_after[place, 0] > 2 * test.accuracy_before[0]


@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_the_lesson_says_holds_at_every_setting(optimizer, steps):
    for scale in SCALES:
        test = range_test(replace(NETWORK, optimizer=optimizer, weight_scale=scale, steps=steps))
        place = test.still
        assert place < test.best
        assert abs(test.after[place, 0] / test.before[0] - 1) < STILL
        still = np.abs(test.after[: test.best, 0] / test.before[0] - 1) < STILL
        assert test.accuracy_after[place, 0] == test.accuracy_after[: test.best, 0][still].max()
        assert ("largest output counts" in test.in_words()) == (
            test.accuracy_after[place, 0] - test.accuracy_before[0] >= MORE
        )
        assert scale > SCALES[0] or "largest output counts" in test.in_words()
        assert abs(test.after[0, 0] - test.before[0]) < 0.01  # hardly anything happens at 1e-6
        assert np.isfinite(test.after[-1]).all() == (optimizer == "adam")
        assert np.nan_to_num(test.after[-1], nan=np.inf).min() > 1e6
        assert optimizer != "adam" or "the loss is huge although" in test.huge_in_words()
        assert test.ratios[test.best] > RULE
        assert test.before.max() < 1.05 * test.before.min()  # enough samples are held out
        inside = test.after[np.isfinite(test.after)]
        assert inside.min() > LOSSES.floor


def test_words_say_whether_more_are_right_where_the_loss_hardly_moves():
    losses = np.full((len(RATES), 2), 2.0)
    losses[8], losses[9] = 0.5, 2.01  # the best, and one that came back to where it began
    shares = np.full((len(RATES), 2), 0.1)
    shares[9] = 0.9
    test = replace(made(losses), accuracy_before=np.full(2, 0.1), accuracy_after=shares)
    assert test.in_words() == (
        "Where a rate is so low that the loss moves by less than 1%, hardly more answers are right than before: "
        "10%, then 10% at most."
    )
    shares[5] = 0.25
    assert test.in_words() == (
        f"At {RATES[5]:g} the loss has moved by less than 1%, yet 25% are right instead of 10%: "
        "the largest output counts, however small its lead."
    )


def test_words_say_how_a_huge_loss_goes_with_many_right_answers():
    losses, shares = np.full((len(RATES), 2), 1.0), np.full((len(RATES), 2), 0.2)
    test = replace(made(losses), accuracy_before=np.full(2, 0.1), accuracy_after=shares)
    assert test.huge_in_words() == ""
    losses[-1] = np.nan
    losses[RATES.index(1.0)], losses[RATES.index(0.1)] = 3e6, HUGE
    shares[RATES.index(1.0)] = 0.75
    assert test.huge_in_words() == (
        "At 1 the loss is huge although 75% are right: with such large weights each of the wrong answers costs some "
        "1.20e+07 nats, and the loss is the mean over all."
    )
    assert 40 * np.log(10) < HUGE  # what all right answers together add to the mean is next to nothing
    shares[:] = 0.1
    assert test.huge_in_words() == ""  # nothing is learned, and nothing needs a word


def test_adam_survives_a_rate_that_kills_descent():
    adam = range_test(replace(SMALL, optimizer="adam", weight_scale=1.0))
    assert np.isfinite(adam.after).all()
    assert adam.after[-1, 0] > 1e6


def test_a_run_of_the_test_is_that_of_its_network_alone():
    test, place = range_test(SMALL), RATES.index(0.1)
    alone = record(replace(SMALL, learning_rate=0.1)).data
    np.testing.assert_allclose(test.after[place], alone["loss"][-1], rtol=1e-4)
    np.testing.assert_allclose(test.before, alone["loss"][0], rtol=1e-5)
    assert test.ratios[place] == pytest.approx(alone["update_ratio"].median("step").item(), rel=1e-3)


def test_the_update_ratio_of_descent_grows_with_the_rate_while_little_is_learned():
    small = range_test(SMALL).ratios[:5]
    np.testing.assert_allclose(small[1:] / small[:-1], np.sqrt(10), rtol=0.05)


def test_the_best_rate_is_that_of_the_lowest_loss_on_both_splits():
    losses = np.full((len(RATES), 2), 1.0)
    losses[3], losses[4], losses[5] = (0.0, 2.0), (0.5, 0.6), (np.nan, np.nan)
    assert made(losses).best == 4


def made(losses, ratios=None):
    shares = np.full((len(RATES), 2), 0.5)
    return RangeTest(losses[0], losses, shares[0], shares, np.full(len(RATES), 1e-3) if ratios is None else ratios)


def test_only_one_hidden_layer_is_tested():
    with pytest.raises(ValueError, match="a range test is of networks with one hidden layer; depth is 2"):
        range_test(Config(depth=2))


def test_the_table_says_how_runs_began_and_ended():
    test = range_test(SMALL)
    table = test.table()
    assert table.index.tolist() == [f"{rate:g}" for rate in BESIDE]
    assert table.loc["1e-06", "Loss"] == f"{test.before[0]:.4f} → {test.after[0, 0]:.4f}"
    assert table.loc["1e+06"].tolist() == [f"{test.before[0]:.4f} → NaN", f"{test.accuracy_before[0]:.0%} → NaN"]
    losses = np.full((len(RATES), 2), 12345.0)
    assert made(losses).table().loc["1", "Loss"] == "12345.0000 → 1.23e+04"


def test_nothing_is_drawn_in_silence():
    """What is no number, 0, or beyond an end of the axis has a mark of its own."""
    losses = np.ones((len(RATES), 2))
    losses[:5, 0] = np.nan, np.inf, 0.0, 1e9, 1e-9
    ratios = np.array([1e-12, 1e5, *np.full(len(RATES) - 2, 0.1)])
    frame = range_frame(made(losses, ratios))
    train = frame[(frame["split"] == "train") & (frame["mark"] != "before")]
    assert train["mark"].tolist() == ["lost", "lost", "zero", "above", "below", *["line"] * (len(RATES) - 5)]
    low, high = LOSSES
    assert train["shown"][:5].tolist() == pytest.approx([high, high, low, high, low])
    assert frame.query("mark == 'before'")["split"].tolist() == ["train", "validation"]
    updates = ratio_frame(made(losses, ratios))
    assert updates["mark"][:3].tolist() == ["below", "above", "line"]
    assert updates["shown"][:2].tolist() == pytest.approx([*RATIOS])
    assert updates.query("mark == 'rule'")["shown"].tolist() == pytest.approx([RULE])


def test_the_best_rate_is_marked_in_both_charts():
    test = range_test(SMALL)
    for frame, value in (
        (range_frame(test), test.after[test.best].max()),
        (ratio_frame(test), test.ratios[test.best]),
    ):
        (best,) = frame.query("mark == 'best'").to_dict("records")
        assert best["rate"] == pytest.approx(RATES[test.best])
        assert best["value"] == best["shown"] == pytest.approx(value)


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    test = range_test(SMALL)
    for spec, frame in ((range_spec(dark=dark), range_frame(test)), (ratio_spec(dark=dark), ratio_frame(test))):
        assert_drawn_from(spec, frame)
