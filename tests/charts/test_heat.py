import json

import numpy as np
import pyarrow as pa
import pytest
from drawn import assert_valid

from core import Config, sweep
from core.charts.heat import Map, heat, heat_frame
from core.sweeps import grid
from core.sweeps.outcomes import outcomes, over_seeds

BASE = Config(depth=2, width=8, samples=100, probe_size=32, steps=12, snapshots=2)
NEEDS = sorted({need for entry in outcomes.values() for need in entry.needs})


@pytest.fixture(scope="module")
def data():
    return sweep(grid(BASE, learning_rate=[0.01, 0.1, 1e7], weight_scale=[0.5, 1.0], seed=[0, 1]), variables=NEEDS)


@pytest.mark.parametrize("name", outcomes)
@pytest.mark.parametrize("knobs", [("learning_rate", "weight_scale"), ("weight_scale", "learning_rate")])
def test_a_cell_shows_the_outcome_of_its_knobs(data, name, knobs):
    drawn = Map(*knobs, name)
    frame, values = heat_frame(data, drawn), over_seeds(name, data).transpose(drawn.y, drawn.x).values
    assert frame["row"].tolist() == list(range(values.size))
    np.testing.assert_array_equal(frame["value"], values.ravel().astype(np.float32))
    first = [f"{data[knob].values[0]:.3g}" for knob in knobs]
    assert [frame["x"].iloc[0], frame["y"].iloc[0]] == first
    low, high = outcomes[name].ends
    assert frame["shown"].between(low - 1e-6, high + 1e-6).all()
    assert (frame["mark"] == np.where(np.isfinite(values.ravel()), "cell", "lost")).all()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", outcomes)
def test_a_map_is_valid_vega_lite(data, name, dark):
    drawn = Map("learning_rate", "weight_scale", name)
    spec = heat.spec(data, drawn, dark=dark)
    assert_valid(spec)


def test_cells_that_are_not_known_yet_are_left_open(data):
    partly = data.where(data["weight_scale"] == 0.5)
    partly["measured"] = data["measured"] & (data["weight_scale"] == 0.5)
    frame = heat_frame(partly, Map("learning_rate", "weight_scale", "accuracy"))
    assert frame["mark"].tolist() == ["cell"] * 3 + ["open"] * 3


def test_a_large_map_stays_small():
    axes = {"learning_rate": np.geomspace(1e-3, 1, 24).tolist(), "bias_init": np.linspace(-1, 1, 24).tolist()}
    large, drawn = sweep(grid(BASE, **axes), variables=NEEDS), Map("learning_rate", "bias_init", "loss")
    frame = heat_frame(large, drawn)
    assert len(frame) == 24 * 24
    assert pa.Table.from_pandas(frame).nbytes + len(json.dumps(heat.spec(large, drawn, dark=False))) < 50_000


def test_a_map_is_told_by_the_labels_of_its_knobs(data):
    told = heat.alt_of(data, Map("learning_rate", "weight_scale", "loss"))
    assert "Held-out loss over Learning rate and Weight scale. " in told
