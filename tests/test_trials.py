from math import inf, nan

import numpy as np
import pytest
from drawn import assert_valid

from core import Config
from core.charts.trials import WORST, marginal_spec, plane_spec, trials_frame
from core.knobs import Knob
from core.search import Trials

KNOBS = (Knob("learning_rate", 1e-4, 10.0), Knob("bias_init", -2.0, 2.0))


def trials(*scores: float) -> Trials:
    points = np.linspace(0.1, 0.9, len(scores))[:, None].repeat(2, 1)
    configs = tuple(Config(learning_rate=KNOBS[0].value(p), bias_init=KNOBS[1].value(p)) for p in points[:, 0].tolist())
    return Trials("random", KNOBS, configs, points, np.array(scores))


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


@pytest.mark.parametrize("dark", [False, True])
def test_the_pictures_are_valid_vega_lite(dark):
    for spec in (plane_spec(KNOBS, dark=dark), marginal_spec(KNOBS, 0, dark=dark), marginal_spec(KNOBS, 1, dark=dark)):
        assert_valid(spec)
