import pytest

from core import Config
from core.theory import predict, words


def test_a_theory_is_told_in_numbers():
    said = words(predict(Config(activation="tanh", initializer="lecun_normal", weight_scale=2.0)))
    assert said.startswith("Theory of the untrained network, far from its input: χ ")
    assert "edge of chaos at weight scale 1," in said
    assert "depth scale" in said


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"initializer": "zeros"}, "No line of theory: zeros draws no independent weights of one variance around 0."),
        ({"depth": 0}, "No line of theory: there is no hidden layer."),
    ],
)
def test_where_there_is_none_the_reason_is_told(choices, reason):
    assert words(predict(Config(**choices))) == reason
