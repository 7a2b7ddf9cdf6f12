from dataclasses import replace

import numpy as np
import pytest
from drawn import assert_drawn_from

from core import Config, record
from core.charts.rates import LOSSES, RATIOS, range_frame, range_spec, ratio_frame, ratio_spec
from core.rates import BESIDE, RATES, RULE, RangeTest, range_test

NETWORK = Config(depth=1, width=32, samples=200, probe_size=200, batch_size=32, steps=60, snapshots=8, weight_scale=0.1)


def test_a_tiny_rate_does_nothing_and_a_huge_one_diverges():
    test = range_test(NETWORK)
    np.testing.assert_allclose(test.after[0], test.before, atol=1e-4)
    assert np.isnan(test.after[-1]).all()
    assert np.isnan(test.ratios[-1])
    assert 0.1 <= RATES[test.best] <= 3
    assert test.after[test.best, 0] < 0.05 < test.before[0]


def test_answers_get_right_while_the_loss_hardly_moves():
    """What the slides of cs231n wonder at: small outputs, of which the largest counts, however small its lead."""
    place = RATES.index(1e-3)
    test = range_test(replace(NETWORK, optimizer="momentum"))
    assert test.after[place, 0] > 0.99 * test.before[0]
    assert test.accuracy_after[place, 0] > 2 * test.accuracy_before[0]


def test_adam_survives_a_rate_that_kills_descent():
    adam = range_test(replace(NETWORK, optimizer="adam", weight_scale=1.0))
    assert np.isfinite(adam.after).all()
    assert adam.after[-1, 0] > 1e6


def test_a_run_of_the_test_is_that_of_its_network_alone():
    test, place = range_test(NETWORK), RATES.index(0.1)
    alone = record(replace(NETWORK, learning_rate=0.1)).data
    np.testing.assert_allclose(test.after[place], alone["loss"][-1], rtol=1e-4)
    np.testing.assert_allclose(test.before, alone["loss"][0], rtol=1e-5)
    assert test.ratios[place] == pytest.approx(alone["update_ratio"].median("step").item(), rel=1e-3)


def test_the_update_ratio_of_descent_grows_with_the_rate_while_little_is_learned():
    small = range_test(NETWORK).ratios[:5]
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
    test = range_test(NETWORK)
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
    train = frame[frame["split"] == "train"]
    assert train["mark"].tolist() == ["lost", "lost", "zero", "above", "below", *["line"] * (len(RATES) - 5)]
    low, high = LOSSES
    assert train["shown"][:5].tolist() == pytest.approx([high, high, low, high, low])
    updates = ratio_frame(made(losses, ratios))
    assert updates["mark"][:3].tolist() == ["below", "above", "line"]
    assert updates["shown"][:2].tolist() == pytest.approx([*RATIOS])
    assert updates.query("mark == 'rule'")["shown"].tolist() == pytest.approx([RULE])


def test_the_best_rate_is_marked_in_both_charts():
    test = range_test(NETWORK)
    for frame, value in (
        (range_frame(test), test.after[test.best].max()),
        (ratio_frame(test), test.ratios[test.best]),
    ):
        (best,) = frame.query("mark == 'best'").to_dict("records")
        assert best["rate"] == pytest.approx(RATES[test.best])
        assert best["value"] == best["shown"] == pytest.approx(value)


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    test = range_test(NETWORK)
    for spec, frame in ((range_spec(dark=dark), range_frame(test)), (ratio_spec(dark=dark), ratio_frame(test))):
        assert_drawn_from(spec, frame)
