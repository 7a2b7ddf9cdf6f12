import pytest

from core import Config
from core.theory import predict, told


def test_a_theory_is_told_in_numbers():
    said = told(predict(Config(activation="tanh", initializer="lecun_normal", weight_scale=2.0)))
    assert said.startswith("Far from its input, theory says: a layer multiplies the square of the gradient by χ = ")
    assert "weight scale 1 is the edge of chaos" in said
    assert "become alike" not in said  # it is chaotic
    assert "from the start" not in said  # no layer of tanh is ever dead


def test_order_is_told_by_its_depth_and_dead_layers_by_their_chance():
    said = told(predict(Config(activation="tanh", initializer="lecun_normal", weight_scale=0.5)))
    assert "two inputs become alike within some" in said
    said = told(predict(Config(depth=30, width=4)))
    assert "some layer is dead from the start with a chance of at most 0.8" in said
    assert "A layer of 4 units is far from an infinitely wide one." in said


def test_a_network_that_is_nearly_silent_is_said_to_stray():
    assert "chance decides" in told(predict(Config(bias_init=-2.0)))
    assert "chance decides" not in told(predict(Config()))


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"initializer": "zeros"}, "No line of theory: zeros draws no independent weights of one variance around 0."),
        ({"depth": 0}, "No line of theory: there is no hidden layer."),
    ],
)
def test_where_there_is_none_the_reason_is_told(choices, reason):
    assert told(predict(Config(**choices))) == reason
