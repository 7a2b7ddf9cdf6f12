"""What activation functions cost: a number for each round, and the table of them."""

import pytest
import xarray as xr

from core import Config
from core.charts.experiments.activation_functions import costs_table
from core.choices.activations import activations
from core.experiments.activation_functions.costs import DIRECTIONS, costs


@pytest.mark.parametrize("name", activations)
def test_every_activation_has_a_cost_in_each_round(name):
    found = costs([Config(activation=name)], elements=100, rounds=3)["nanoseconds"]
    assert found["activation"] == [name]
    assert found.sizes == {"round": 3, "activation": 1, "direction": 2}
    assert (found > 0).all()


def test_no_round_begins_when_the_time_is_over_but_the_first():
    found = costs([Config(activation=name) for name in ("relu", "tanh")], elements=10, rounds=9, seconds=0.0)
    assert found.sizes["round"] == 1


def test_the_table_gives_medians_and_quartiles():
    rounds = [[[1.0, 0.5]], [[2, 0.5]], [[3, 0.5]], [[4, 0.5]], [[100, 0.5]]]
    measured = xr.Dataset(
        {"nanoseconds": (("round", "activation", "direction"), rounds)},
        {"activation": ["relu"], "direction": list(DIRECTIONS)},
    )
    table = costs_table(measured)
    assert table.loc["relu"].tolist() == ["3 (2 to 4)", "0.5 (0.5 to 0.5)"]
    assert [column.split(",")[0] for column in table] == ["Forward", "Backward"]
