"""What is seen of a case at one look, what is stored of it, and its small picture."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from core import Config, record
from core.charts.glimpse import HEIGHT, WIDTH, alt_of, svg_of
from core.charts.ink import VIRIDIS, ink
from core.diagnosis.patients import glimpse
from core.diagnosis.patients.cases import cases
from core.diagnosis.patients.glimpse import FULL, LAYERS, LOOKS, PLACES, Glimpse, glimpse_of, glimpses

CLOSE = 3  # of FULL
WILD = 3  # times as far as a run goes another way for a touch of two knobs, it may for another rounding
TOUCH = 1e-6
STORED = glimpse.FILE
BARE = Glimpse(layers=(), zeros=(), zero_at=50, losses=(), guess=66, diverged=True)


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """What is stored lies in this file."""
    file = tmp_path / "glimpses.json"
    monkeypatch.setattr(glimpse, "FILE", file)
    glimpses.cache_clear()
    yield file
    glimpses.cache_clear()


def apart(one: Glimpse, other: Glimpse) -> float:
    """How far two glimpses are from each other, of FULL."""
    assert (one.diverged, len(one.layers)) == (other.diverged, len(other.layers))
    pairs = [(one.layers, other.layers), (one.zeros, other.zeros)]
    shared = min(len(one.losses), len(other.losses))  # a run may diverge a few steps earlier
    pairs += [(one.losses[:shared], other.losses[:shared])]
    return max((abs(np.subtract(*pair)).mean() for pair in pairs if pair[0]), default=0.0)


def wildness(config: Config, seen: Glimpse) -> float:
    """How far a run goes another way for next to nothing."""
    touched = (
        replace(
            config, **{name: getattr(config, name) * (1 + times * TOUCH) for name in ("learning_rate", "weight_scale")}
        )
        for times in (-2, -1, 1, 2)
    )
    return max(apart(seen, glimpse_of(record(each))) for each in touched)


@pytest.mark.numerics
@pytest.mark.parametrize("name", cases)
def test_what_is_stored_is_what_is_seen(name):
    config, stored = cases[name](), glimpses()[name]
    seen = glimpse_of(record(config))
    far = apart(seen, stored)
    assert far <= CLOSE or far <= WILD * wildness(config, seen)


def test_the_line_of_guessing_is_where_guessing_is():
    assert glimpses()["healthy"].guess == round(FULL / glimpse.ROOM)
    assert glimpses()["nothing-to-learn"].guess == 0


def test_what_is_seen_has_its_bounds():
    for seen in glimpses().values():
        assert len(seen.layers) == len(seen.zeros) <= LAYERS
        assert all(len(layer) == PLACES for layer in seen.layers)
        assert len(seen.losses) <= LOOKS
        assert all(0 <= number <= FULL for row in (*seen.layers, seen.zeros, seen.losses) for number in row)


@pytest.mark.parametrize("seen", [{}, None, {"layers": 1}, {"layers": [["x"]]}])
def test_what_is_no_glimpse_is_none(elsewhere, seen):
    settings = cases["healthy"]().to_query()
    elsewhere.write_text(json.dumps({"healthy": {"settings": settings, "seen": seen}, "unheard-of": {}, "pushed": 3}))
    assert glimpses() == {}


def test_a_case_whose_settings_have_changed_has_no_glimpse(elsewhere):
    whole = json.loads(STORED.read_text("utf-8"))
    whole["healthy"]["settings"]["steps"] = "301"
    elsewhere.write_text(json.dumps(whole))
    assert set(glimpses()) == set(cases) - {"healthy"}


def test_what_is_written_is_read_again(elsewhere, monkeypatch):
    few = {name: cases[name] for name in ("pushed", "too-simple")}
    monkeypatch.setattr(glimpse, "cases", few)
    glimpse.store()
    assert glimpses() == {name: glimpse_of(record(case())) for name, case in few.items()}


@pytest.mark.parametrize("dark", [False, True])
def test_each_is_a_small_picture_in_both_themes(dark):
    for seen in glimpses().values():
        written = svg_of(seen, ink(dark=dark))
        assert len(written) < 4_000
        root = ElementTree.fromstring(written)
        assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
        lines, crosses = 1 + (len(seen.losses) > 1), seen.diverged
        assert len(root) == len(seen.layers) + sum(zero > 0 for zero in seen.zeros) + lines + crosses


def test_a_run_of_which_nothing_is_known_is_a_cross_over_the_line_of_guessing():
    root = ElementTree.fromstring(svg_of(BARE, ink(dark=False)))
    assert [part.get("stroke") for part in root] == [ink(dark=False).faint, ink(dark=False).exploding]


def test_it_is_told_to_those_who_do_not_see_it():
    assert alt_of(BARE, "Nothing") == "Nothing: the loss over the steps of training; there is no hidden layer"
    assert alt_of(glimpses()["healthy"], "Healthy").startswith("Healthy: activations of up to eight layers")


def test_layers_run_along_viridis():
    assert ink(dark=False).of_layers(1) == [VIRIDIS[0]]
    assert ink(dark=True).of_layers(3)[-1] == VIRIDIS[-1]
    assert len(set(ink(dark=True).of_layers(8))) == 8
