"""Every drawing of the app, those of lessons too: it has its words and draws what it shows, in both themes."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import altair as alt
import pytest
from situations import MOST_BYTES, nbytes

import core.charts
from core.charts.picture import pictures

for _module in walk_packages(core.charts.__path__, f"{core.charts.__name__}."):
    import_module(_module.name)

LONGEST_TITLE, LONGEST_SENTENCE = 60, 320  # characters


@pytest.mark.parametrize("name", pictures)
def test_a_picture_draws_its_examples_in_both_themes(name):
    entry, drawn = pictures[name], 0
    for shown in entry.examples():
        for dark in (False, True):
            picture = entry.svg(*shown, dark=dark)  # checked against the schema of Vega-Lite, and drawn by Vega
            assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", picture)
        drawn += 1
    assert drawn > 0


@pytest.mark.parametrize("name", pictures)
def test_a_picture_draws_columns_of_its_frame_and_sends_little(name):
    entry = pictures[name]
    for shown in entry.examples():
        frame, spec = entry.frame_of(*shown), entry.spec(*shown, dark=False)
        assert nbytes(frame) < MOST_BYTES
        assert "data" not in spec
        assert set(_fields(spec)) <= set(frame)
        assert entry.spec(*shown, dark=False) is spec
        assert entry.spec(*shown, dark=True) != spec


@pytest.mark.parametrize("name", pictures)
def test_a_picture_has_its_words(name):
    entry = pictures[name]
    for shown in entry.examples():
        title, sentence, alt_text = entry.title_of(*shown), entry.sentence_of(*shown), entry.alt_of(*shown)
        assert 0 < len(title) <= LONGEST_TITLE
        assert not title.endswith(".")
        assert len(sentence) <= LONGEST_SENTENCE
        for words in (sentence, alt_text):
            assert words[0].isupper()
            assert words.rstrip().endswith((".", "?", "”"))
            assert not re.search(r"[{}]|\bnan\b|None|Dataset", words), words


@pytest.mark.parametrize("name", pictures)
def test_the_axes_of_a_picture_are_fixed(name):
    """Each axis ends where the corners of the frame or the drawing itself says, whatever it happens to show."""
    entry = pictures[name]
    for shown in entry.examples():
        corners = entry.frame_of(*shown).query("mark == 'corner'").dropna(axis="columns", how="all")
        for channel, encoding in _axes(entry.spec(*shown, dark=False)):
            if encoding.get("type") == "quantitative":
                scale = encoding.get("scale") or {}
                ends = "domain" in scale or encoding["field"] in corners
                assert ends, f"{channel} {encoding['field']}"


def _fields(spec: Any) -> Iterator[str]:
    """The columns that a drawing asks for, those of its transforms aside."""
    for layer in spec["layer"]:
        for channel in layer.get("encoding", {}).values():
            for one in channel if isinstance(channel, list) else [channel]:
                if "field" in one:
                    yield one["field"]


def _axes(spec: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for layer in spec["layer"]:
        for channel in ("x", "y"):
            if "field" in layer.get("encoding", {}).get(channel, {}):
                yield channel, layer["encoding"][channel]


def test_a_drawing_that_is_wrong_is_caught():
    with pytest.raises(Exception, match="bogus"):
        alt.LayerChart.validate({"layer": [], "bogus": 1})
