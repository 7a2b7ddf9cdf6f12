from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from core import Config
from core.charts.experiments.searching.trials import real_search
from core.charts.trials import WORST, trials_frame
from core.sweeps.knobs import Knob
from core.sweeps.search import Trials

KNOBS = (Knob("learning_rate", 1e-4, 10.0), Knob("bias_init", -2.0, 2.0))


def trials(*scores: float, fine: int = 0) -> Trials:
    """A search with these scores, the last `fine` of them in a second round."""
    points = np.linspace(0.1, 0.9, len(scores))[:, None].repeat(2, 1)
    configs = tuple(Config(learning_rate=KNOBS[0].value(p), bias_init=KNOBS[1].value(p)) for p in points[:, 0].tolist())
    return Trials("random", KNOBS, configs, points, np.array(scores), np.repeat([1, 2], [len(scores) - fine, fine]))


def test_every_trial_is_drawn_and_the_best_is_marked():
    frame = trials_frame(trials(2.0, 0.5, nan, inf, 9.0))
    drawn = frame[frame["mark"] != "corner"]
    assert drawn["mark"].tolist() == ["trial", "best", "lost", "lost", "above"]
    assert drawn["shown"].tolist() == [2.0, 0.5, WORST, WORST, WORST]
    assert drawn["score"].iloc[4] == 9
    expected = [config.learning_rate for config in trials(2.0, 0.5, nan, inf, 9.0).configs]
    assert drawn["x"].tolist() == pytest.approx(expected, rel=1e-6)
    ends = frame[frame["mark"] == "corner"]
    assert ends["x"].tolist() == pytest.approx([1e-4, 10])
    assert ends["y"].tolist() == [-2, 2]


def test_where_all_diverged_none_is_best():
    assert "best" not in trials_frame(trials(nan, inf))["mark"].tolist()


def test_the_second_round_has_a_mark_of_its_own_and_the_box_where_it_looked():
    tried = trials(2.0, 0.5, nan, 9.0, 1.0, fine=3)  # at 0.1, 0.3 … 0.9: the box is around 0.3
    frame = trials_frame(tried)
    assert frame["mark"].tolist() == ["trial", "best", "lost", "above", "fine", "box", "corner", "corner"]
    assert frame["round"].tolist()[:5] == [1, 1, 2, 2, 2]
    (box,) = frame.query("mark == 'box'").to_dict("records")
    assert [box["x"], box["x_end"]] == pytest.approx([KNOBS[0].value(0.05), KNOBS[0].value(0.55)], rel=1e-6)
    assert [box["y"], box["y_end"]] == pytest.approx([KNOBS[1].value(0.05), KNOBS[1].value(0.55)], rel=1e-6)
    assert real_search.sentence_of(tried, KNOBS).endswith(
        "Circles are the first round, down to 0.500; squares the second, in the band, down to 1.00."
    )


def test_a_single_round_has_no_box():
    frame = trials_frame(trials(2.0, 0.5))
    assert not {"box", "fine"} & set(frame["mark"])
    assert "round" not in real_search.sentence_of(trials(2.0, 0.5), KNOBS)


def test_words_say_what_the_knob_that_is_not_drawn_does():
    assert real_search.sentence_of(trials(2.0, 0.5, 1.0), KNOBS).startswith(
        "3 networks, trained now, each with its own learning rate and bias init; the chart does not show the bias init."
    )
    configs = tuple(Config(learning_rate=rate, bias_init=bias) for rate in (0.01, 0.1, 1.0) for bias in (-1.0, 1.0))
    assert real_search.sentence_of(replace(trials(*[1.0] * 6), configs=configs), KNOBS).startswith(
        "6 networks, trained now, each of 3 learning rates with each of 2 bias inits; the chart does not show the "
        "bias init."
    )


def test_where_the_first_round_diverged_the_second_looked_everywhere():
    (box,) = trials_frame(trials(nan, inf, 1.0, fine=1)).query("mark == 'box'").to_dict("records")
    assert [box[name] for name in ("x", "x_end", "y", "y_end")] == pytest.approx([1e-4, 10, -2, 2])


def test_axes_may_be_those_of_other_ranges():
    linear = Knob("learning_rate", 0.0, 10.0)
    tried = replace(trials(0.5, 2.0, 1.0, fine=1), knobs=(linear, KNOBS[1]))
    frame = trials_frame(tried, KNOBS)
    (box,) = frame.query("mark == 'box'").to_dict("records")
    assert [box["x"], box["x_end"]] == pytest.approx([1e-4, 3.5])  # from 0, which a logarithmic axis has not got
    assert frame.query("mark == 'corner'")["x"].tolist() == pytest.approx([1e-4, 10])
