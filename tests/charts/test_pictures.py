"""Every drawing of the app, of lessons and of Recordings: it has its words and draws what it shows, in both themes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from drawn import assert_valid
from situations import MOST_BYTES, SITUATIONS, nbytes

import core.charts
from core import Recording, record
from core.charts import charts
from core.charts.chart import Chart
from core.charts.picture import Picture, pictures

for _module in walk_packages(core.charts.__path__, f"{core.charts.__name__}."):
    import_module(_module.name)

ALL: dict[str, Picture] = {**pictures, **charts}
NOISE = 1e-6  # of a number in single precision, as a frame holds them
MEANT = re.compile(r"^None is not 0")  # of a gradient, which Python says so
BARS = "bars to 100% would be flat; and they end at the bounds of the activation, or else at its samples"
DECADES = "a logarithmic axis moves by three powers of ten, where a value would not be on it"
DEPTH = "a place for each layer"
MOVES = {  # axes that differ among examples of one scene, each with its reason; no other may
    "activation_functions.passing.outputs": {"x": BARS, "share": BARS},
    "activation_functions.passing.met_slopes": {"x": BARS, "share": BARS},
    "after_death.dying": {"step": "it ends with the last death, be it at step 2 or at 154"},
    "claims.claim": {"row": "a place for each case", "shown": "a claim counts in units of its own"},
    "dead_relu.one_step": {"z": "it moves by fives, where a point would not be on it"},
    "deep.signal": {"shown": DECADES},
    "deep.gradient": {"shown": DECADES},
    "initialization.parting": {"value": "weights part by the size that they were drawn with"},
    "initialization.beside_slide": {"shown": DECADES},
    "speeds.at_start": {"layer": DEPTH, "shown": DECADES, "low": DECADES},
    "speeds.learning": {"layer": DEPTH},
    "vanishing.nested": {"times": "a place for each time"},
}
LONGEST_TITLE, LONGEST_SENTENCE = 60, 360  # characters


@pytest.mark.parametrize("name", pictures)
def test_a_picture_draws_its_examples_in_both_themes(name):
    """Each of them in the light, and in the dark one of each scene, whose drawing serves the others as well."""
    entry, dark_ones = pictures[name], []
    for shown in entry.examples():
        draws(entry, shown, dark=False)
        if not any(entry.spec(*shown, dark=True) is drawn for drawn in dark_ones):
            draws(entry, shown, dark=True)
            dark_ones.append(entry.spec(*shown, dark=True))
    assert dark_ones


def draws(entry: Picture, shown: tuple[Any, ...], *, dark: bool) -> None:
    """The drawing is valid, and Vega finds a place for all that it draws."""
    assert_valid(entry.spec(*shown, dark=dark))
    assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", entry.svg(*shown, dark=dark))


@cache
def recorded() -> list[Recording]:
    return [record(config) for config in SITUATIONS.values()]


def shown_by(entry: Picture) -> Iterable[tuple[Any, ...]]:
    """The examples of a picture; of a chart of a Recording, the situations that it fits."""
    if isinstance(entry, Chart):
        return [(recording,) for recording in recorded() if entry.fits(recording)]
    return entry.examples()


@pytest.mark.parametrize("name", ALL)
def test_a_picture_draws_columns_of_its_frame_and_sends_little(name):
    entry = ALL[name]
    for shown in shown_by(entry):
        frame, spec = entry.frame_of(*shown), entry.spec(*shown, dark=False)
        assert nbytes(frame) < MOST_BYTES
        assert "data" not in spec
        assert set(_fields(spec)) <= set(frame)
        assert entry.spec(*shown, dark=False) is spec
        assert entry.spec(*shown, dark=True) != spec


@pytest.mark.parametrize("name", ALL)
def test_a_picture_has_its_words(name):
    entry = ALL[name]
    for shown in shown_by(entry):
        title, sentence, alt_text = entry.title_of(*shown), entry.sentence_of(*shown), entry.alt_of(*shown)
        assert 0 < len(title) <= LONGEST_TITLE
        assert not title.endswith(".")
        assert len(sentence) <= LONGEST_SENTENCE
        for words in (sentence, alt_text):
            assert words[0].isupper() or words[0].isdigit() or words[0] in "“(−+|"
            assert words.rstrip().endswith((".", "?", "”"))
            assert not re.search(r"[{}]|\bnan\b|None|Dataset", MEANT.sub("", words)), words


@pytest.mark.parametrize("name", ALL)
def test_the_axes_of_a_picture_are_fixed(name):
    """Each axis ends where the corners of the frame or the drawing itself says; nothing that is drawn stretches it."""
    entry = ALL[name]
    for shown in shown_by(entry):
        frame = entry.frame_of(*shown)
        for channel, encodings in _axes(entry.spec(*shown, dark=False)).items():
            if any("domain" in (encoding.get("scale") or {}) for encoding in encodings):
                continue
            fields = sorted({encoding["field"] for encoding in encodings if encoding.get("type") == "quantitative"})
            numbers, ends = (rows[fields].to_numpy(float) for rows in (frame, frame[frame["mark"] == "corner"]))
            if fields:
                low, high = np.nanmin(ends), np.nanmax(ends)
                beyond = ~np.isnan(numbers) & (
                    (numbers < low - abs(low) * NOISE) | (numbers > high + abs(high) * NOISE)
                )
                assert not beyond.any(), (channel, fields, numbers[beyond][:3], (low, high))


@pytest.mark.parametrize("name", pictures)
def test_the_axes_of_a_picture_stay_where_they_are(name):
    """They end at the same numbers in all examples of a scene, as what moves them moves the picture too."""
    entry, ends = pictures[name], defaultdict(list)
    for shown in entry.examples():
        ends[entry.scene(*shown)].append(ends_of(entry.frame_of(*shown)))
    moving = {field for those in ends.values() for one in those for field in one if one[field] != those[0].get(field)}
    assert moving == MOVES.get(name, {}).keys()


def ends_of(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The ends of axes, and of scales of colour, by the columns that are drawn along them: where the corners are."""
    corners = frame[frame["mark"] == "corner"].select_dtypes("number").dropna(axis="columns")
    return {str(field): (values.min(), values.max()) for field, values in corners.items()}


def test_only_pictures_move():
    assert pictures.keys() >= MOVES.keys()


def _fields(spec: Any) -> Iterator[str]:
    """The columns that a drawing asks for, those of its transforms aside."""
    for layer in spec["layer"]:
        for channel in layer.get("encoding", {}).values():
            for one in channel if isinstance(channel, list) else [channel]:
                if one.get("field", "") not in {"", *_made(layer)}:
                    yield one["field"]


def _made(layer: dict[str, Any]) -> list[str]:
    """The columns that the transforms of a layer make in the browser."""
    return [transform["as"] for transform in layer.get("transform", []) if "as" in transform]


def _axes(spec: Any) -> dict[str, list[dict[str, Any]]]:
    """What is drawn along each axis, in all layers: they share it. Where the browser puts a label is not looked at."""
    axes: dict[str, list[dict[str, Any]]] = {"x": [], "y": []}
    for layer in spec["layer"]:
        for channel, encoding in layer.get("encoding", {}).items():
            if channel.rstrip("2") in axes and encoding.get("field", "") not in {"", *_made(layer)}:
                axes[channel.rstrip("2")].append({"type": "quantitative", **encoding})
    return axes


def test_a_drawing_that_is_wrong_is_caught():
    with pytest.raises(Exception, match="bogus"):
        alt.LayerChart.validate({"layer": [], "bogus": 1})
