"""Whatever the Config, what the headlines say is so: each sentence is held against the numbers that it speaks of."""

import re
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from core import Config, Recording, record
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import normalizations
from core.choices.optimizers import optimizers
from core.diagnosis.headlines import headlines
from core.diagnosis.words import Told, told
from core.measuring.rounding import TRUE_SHARE
from core.words import numbers

DRAWN = 60
LONGEST_SENTENCE, LONGEST_NUMBER = 150, 20  # characters
SMALL = Config(samples=80, probe_size=40, width=8, snapshots=3, steps=0)
CHOSEN = {  # of some fields, values at the edge of what is usual and beyond
    "activation": list(activations),
    "initializer": list(initializers),
    "normalization": [*normalizations, "none", "none"],
    "optimizer": [name for name in optimizers if name != "lbfgs"],
    "dataset": ["digits", "moons", "spiral", "gaussian", "curve", "line"],
    "loss_function": ["auto", "auto", "mse"],
    "depth": [0, 1, 2, 3, 6, 12, 30, 60],
    "width": [1, 2, 8, 32],
    "weight_scale": [0, 1e-3, 0.3, 1, 1, 1, 1, 3, 30, 1e3, 1e6],
    "bias_init": [0, 0, 0, 0.5, -2, -1e3],
    "learning_rate": [0, 1e-3, 0.05, 0.05, 10, 1e6],
    "probe_size": [1, 2, 40],
    "steps": [0, 0, 1, 6],
    "seed": list(range(20)),
}


def drawn(number: int) -> Config:
    random = Random(number)
    return SMALL.with_instead(**{name: random.choice(values) for name, values in CHOSEN.items()})


CORNERS = [
    SMALL,
    Config(initializer="constant", steps=0),
    Config(initializer="constant", activation="tanh", steps=0),
    Config(activation="sigmoid", depth=10, steps=0),
    replace(SMALL, initializer="zeros"),
    replace(SMALL, weight_scale=100.0),
    replace(SMALL, bias_init=-1000.0),
    replace(SMALL, bias_init=-1000.0, depth=1),
    replace(SMALL, depth=0),
    replace(SMALL, depth=1),
    replace(SMALL, depth=1, initializer="constant"),
    replace(SMALL, weight_scale=1e6, depth=40),
    replace(SMALL, dataset="curve", weight_scale=20.0),
    replace(SMALL, dataset="curve", weight_scale=1e6, depth=6),
    replace(SMALL, dataset="curve", initializer="zeros"),
    replace(SMALL, learning_rate=0.0, steps=4),
    replace(SMALL, learning_rate=1e6, steps=6),
    replace(SMALL, activation="tanh", weight_scale=1e4, depth=3),
]


@pytest.fixture(params=[*CORNERS, *map(drawn, range(DRAWN))], ids=lambda config: "&".join(config.to_query().values()))
def said(request) -> tuple[Recording, int, dict[str, Told]]:
    recording = record(request.param)
    step = recording.steps[-1]
    return recording, step, {headline.name: told(headline) for headline in headlines(recording, step)}


def of(recording: Recording, name: str) -> np.ndarray:
    return recording.variables[name].values[-1].astype(np.float64)


def test_what_the_headlines_say_is_so(said):
    recording, step, words = said
    for headline in words.values():
        assert headline.sentence.endswith(".")
        assert len(headline.sentence) <= LONGEST_SENTENCE
        assert len(headline.number) <= LONGEST_NUMBER
        assert not re.search(r"e[+-]?0|e\+|(?<!e)-", headline.number)
    scores_are_so(recording, step, words)
    dead_units_are_so(recording, words["dead"])
    gradient_is_so(recording, words["gradient"])


def scores_are_so(recording: Recording, step: int, words: dict[str, Told]) -> None:
    train, held_out = of(recording, "loss")
    loss, guess = words["loss"], recording.guess
    assert loss.number == numbers.told(train)
    assert ("out of the range" in loss.sentence) == (not np.isfinite(train))
    assert ("untrained" in loss.sentence) == (not np.isfinite(train) and step == 0)
    if np.isfinite(train):
        assert f"{numbers.told(held_out)} in validation. Guessing gives {numbers.told(guess.loss)}." in loss.sentence
    if "accuracy" in words:
        right, right_held_out = of(recording, "accuracy")
        assert (words["accuracy"].number == "NaN") == np.isnan(right_held_out)
        if not np.isnan(right_held_out):
            assert f"{numbers.percent(right)} in training" in words["accuracy"].sentence or np.isnan(right)
    else:
        explained_is_so(held_out / guess.spreads[1], words["explained"])


def explained_is_so(times: float, explained: Told) -> None:
    """How many times as large the error is as that of always answering the mean decides what is said."""
    assert ("Worse than" in explained.sentence) == (np.isfinite(times) and times > 1.05)
    assert ("No better" in explained.sentence) == (1 <= times <= 1.05)
    assert explained.sentence.startswith("Of the spread") == bool(times < 1)
    assert ("out of the range" in explained.sentence) == (not np.isfinite(times))
    assert re.fullmatch(r"<0%|NaN|[<>]?\d+\.\d%", explained.number)


def dead_units_are_so(recording: Recording, dead: Told) -> None:
    active = of(recording, "unit_active_fraction")
    assert (dead.number == "–") == (recording.depth == 0)
    assert (dead.number == "NaN") == bool(np.isnan(active).any())
    if dead.number.isdigit():
        assert int(dead.number) == (active == 0).sum()
        assert dead.sentence.startswith("Of ") == (active == 0).any()
        assert f" {active.size:,}" in dead.sentence
    if "saturated" in dead.sentence:
        assert of(recording, "saturated_fraction").mean() >= 0.25


def gradient_is_so(recording: Recording, gradient: Told) -> None:
    """One sentence, and what it says of the sizes in the layers."""
    recorded, in_double = of(recording, "gradient_rms"), of(recording, "gradient_rms_in_double")
    rounding = (recorded > 0) & (in_double < TRUE_SHARE * recorded)
    true = np.where(rounding, in_double, recorded)
    first, last = (true[0], true[-1]) if recording.depth else (0.0, 0.0)
    with np.errstate(all="ignore"):
        ratio, sizes = np.float64(first) / last, np.abs(np.log(true / last))
    conditions = {
        "There is no hidden layer": recording.depth == 0,
        "There is one hidden layer": recording.depth == 1 and true[0] > 0 and not rounding[0],
        "On its way back the gradient leaves": not np.isfinite(recorded).all(),
        "No gradient reaches a hidden unit: it is exactly 0": not recorded.any(),
        "No gradient reaches a hidden unit, only rounding": (rounding | (recorded == 0)).all() and rounding.any(),
        "What reaches the last layer is only rounding": recording.depth > 1 and rounding[-1],
        "No gradient reaches layer 1, only rounding": recording.depth > 1 and rounding[0] and in_double[0] == 0,
        "Exactly 0: no gradient reaches layer 1": recording.depth > 1 and recorded[0] == 0 and last > 0,
        "Vanishing": 0 < ratio < 1e-3,
        "Exploding": ratio > 70,
        "times smaller": 1e-3 <= ratio < 1 / 3,
        "times larger": 3 < ratio <= 70,
        "of similar size": recording.depth > 1 and (sizes <= np.log(3) + 1e-9).all() and not rounding.all(),
        "but layer": 1 / 3 <= ratio <= 3 and (sizes > np.log(3)).any(),
    }
    (words,) = (words for words in conditions if words in gradient.sentence)
    assert conditions[words], (words, recorded, in_double)
    has_number = re.match("Exact|Vanish|Explod|It gets|All layers|Layer 1", gradient.sentence)
    assert gradient.number == (numbers.ratio(float(ratio)) if has_number else gradient.number)
    assert bool(has_number) == (gradient.number not in ("–", "NaN"))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_equal_weights_of_digits_let_no_gradient_through(activation):
    recording = record(Config(dataset="digits", initializer="constant", activation=activation, steps=0))
    gradient = told(headlines(recording, 0)[-1])
    assert gradient.number == "–"
    assert gradient.sentence.startswith("No gradient reaches a hidden unit, only rounding: ")


@pytest.mark.parametrize(
    ("choices", "word"),
    [({"activation": "sigmoid", "depth": 10}, "Vanishing"), ({"weight_scale": 100.0}, "Exploding")],
    ids=str,
)
def test_what_vanishes_or_explodes_in_truth_is_still_called_so(choices, word):
    recording = record(Config(**choices, steps=0))
    assert told(headlines(recording, 0)[-1]).sentence.startswith(word)
