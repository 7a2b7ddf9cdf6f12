"""What suits numbers to predict, and when settings turn to it."""

import pytest
from tables import numbers, table

from core import Config
from core.config.tasks import NUMBERS, predicts_numbers, suited, told, turned
from core.datasets.uploads import keep

CLASSES, CURVE = Config().to_dict(), Config(dataset="curve").to_dict()


def of_table(target: str) -> dict:
    return Config(dataset="upload", table=keep(table(numbers(40), target))).to_dict()


def test_what_is_a_regression():
    assert predicts_numbers(CURVE)
    assert predicts_numbers(of_table("b"))
    assert not predicts_numbers(CLASSES)
    assert not predicts_numbers(of_table("c"))
    assert not predicts_numbers(Config(dataset="upload", table="0" * 32).to_dict())


def test_defaults_turn_with_the_task_and_back():
    assert turned(CURVE, CLASSES) == NUMBERS == turned(of_table("b"), of_table("c"))
    assert turned(CLASSES | NUMBERS, CURVE) == {"clip_norm": 0.0}
    assert turned(CURVE, CURVE) == turned(CLASSES, CLASSES) == turned(of_table("b"), CURVE) == {}


@pytest.mark.parametrize("chosen", [0.5, 3.0])
def test_what_was_chosen_by_hand_stays(chosen):
    assert turned(CURVE | {"clip_norm": chosen}, CLASSES) == {}
    assert turned(CLASSES | {"clip_norm": chosen}, CURVE) == {}
    assert suited(Config(dataset="curve", clip_norm=chosen)).clip_norm == chosen


def test_a_config_for_scripts():
    assert suited(Config(dataset="curve")) == Config(dataset="curve", clip_norm=1.0)
    assert suited(Config()) == Config()


def test_links_mean_what_they_say():
    assert Config.from_query({"dataset": "curve"}).clip_norm == 0
    assert "clip_norm" in suited(Config(dataset="curve")).to_query()


def test_it_is_said_as_long_as_it_is_so():
    assert told(CURVE | NUMBERS) == (
        "Guesses of numbers may be far off at first: gradients are clipped at 1, "
        "so that the first steps are not too long."
    )
    assert told(CURVE) is told(CLASSES | NUMBERS) is None
