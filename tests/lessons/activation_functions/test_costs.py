import numpy as np
import pytest

from core import Config
from core.choices.activations import activations
from core.experiments.activation_functions.costs import Cost, cost_table, costs


@pytest.mark.parametrize("name", activations)
def test_every_activation_has_a_cost_in_each_round(name):
    (cost,) = costs([Config(activation=name)], elements=100, rounds=3)
    assert cost.activation == name
    assert len(cost.forward) == len(cost.backward) == 3
    assert (np.concatenate([cost.forward, cost.backward]) > 0).all()


def test_no_round_begins_when_the_time_is_over_but_the_first():
    first, second = costs([Config(activation=name) for name in ("relu", "tanh")], elements=10, rounds=9, seconds=0.0)
    assert len(first.forward) == len(second.backward) == 1


def test_the_table_gives_medians_and_quartiles():
    measured = [Cost("relu", np.array([1.0, 2, 3, 4, 100]), np.array([0.5, 0.5, 0.5, 0.5, 0.5]))]
    table = cost_table(measured)
    assert table.loc["relu"].tolist() == ["3 (2 to 4)", "0.5 (0.5 to 0.5)"]
    assert table.columns[0] == "Forward, ns an element: median (quartiles)"
