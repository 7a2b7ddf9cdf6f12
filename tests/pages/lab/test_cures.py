"""What a card of the cures says: what was changed, and what is known of how it went."""

from dataclasses import replace
from math import inf

import pytest

from core import Config, record
from core.diagnosis.cures.trials import Trial
from ui.lab.cures import changes_told, outcome_told

CONFIG = Config(dataset="blobs", width=4, depth=1, steps=0)
TRIAL = Trial(CONFIG, {"width": 4, "bias_init": 0.0}, ("wider",), 400, 4, 0.75, 0.9, 0.25, (), record(CONFIG))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, "3 of 4 seeds learned in 400 steps. Loss on held-out samples: 0.250."),
        ({"seeds": 1, "learned": 1.0}, "Learned in 400 steps from the same seed. Loss on held-out samples: 0.250."),
        (
            {"seeds": 1, "learned": 0.0, "loss": inf},
            "Did not learn in 400 steps from the same seed. Loss on held-out samples: infinite.",
        ),
    ],
)
def test_a_card_says_on_how_many_seeds_it_was_tried(known, words):
    assert outcome_told(replace(TRIAL, **known)) == words


def test_a_card_says_what_was_changed():
    assert changes_told(TRIAL) == "Width 4, Bias init 0"
