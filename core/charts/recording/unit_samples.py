"""One unit: the samples of the probe to which it answers most.

In the plane and on the line they are points over what the unit answers there. Of pixels they are pictures, as they were
before preprocessing, and of other data strips with a field for each feature, as the network gets it.
"""

from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts import raster
from core.charts.axes import linear, only
from core.charts.cells import pictures_of
from core.charts.chart import Moment, chart
from core.charts.frames import Columns, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.measuring.body import (
    LARGE,
    answers_at,
    answers_on_probe,
    full_size,
    known_body,
    network_at,
    points_of,
    raw_probe,
)
from core.words.numbers import told
from core.words.said import said

POINTS, PICTURES, STRIPS = 12, 8, 6  # samples that are drawn
ACROSS = 4  # pictures in a row
ABOVE = 0.42  # of a row: the middle of a picture, which has words below it
SEEN = 32  # pixels a side of what the unit answers in the plane
WIDEST = 64  # features that a strip has fields for
WORDS = 0.45  # of the length of a strip, left for words beside it

ON_THE_PLANE = (
    "Circles are the samples to which the unit answers most, over what it answers elsewhere: blue positive, orange "
    "negative, in full colour from {full:g} on."
)
AS_PICTURES = "The samples to which the unit answers most, before preprocessing, with its answers."
AS_STRIPS = (
    "The samples to which the unit answers most, with its answers: a field for each feature as the network gets it, "
    "blue above 0, orange below."
)


class SampleScene(NamedTuple):
    """How many features are drawn as places (0, 1 or 2); else of how many rows and columns of pixels a sample is."""

    places: int
    pixels: tuple[int, ...]

    @property
    def is_strip(self) -> bool:
        """Whether a sample is one row of features."""
        return not self.places and self.pixels[0] == 1


def _scene(recording: Recording) -> SampleScene:
    body = known_body(recording)
    places = len(body.ends)
    return SampleScene(places, () if places else body.pixels[:2] or (1, min(WIDEST, body.inputs.shape[1])))


def _see(recording: Recording) -> dict[str, str]:
    if _scene(recording).places:
        return {"see": said(ON_THE_PLANE, full=full_size(recording.known_config))}
    return {"see": said(AS_STRIPS if _scene(recording).is_strip else AS_PICTURES)}


def _frame(moment: Moment) -> pd.DataFrame:
    recording, (layer, unit) = moment.recording, moment.unit
    scene, body, network = _scene(recording), known_body(recording), network_at(recording, moment.row)
    values = answers_on_probe(network, body).hidden[layer - 1, :, unit - 1]
    strongest = np.argsort(-values, kind="stable") if values.min() < values.max() else np.arange(0)
    if scene.places:
        answers = answers_at(network, points_of(body, SEEN)).hidden[layer - 1, :, unit - 1]
        behind = _behind(scene, answers, full_size(recording.known_config))
        shown = [behind, _points(scene, recording, strongest[:POINTS], values)]
    else:
        shown = [_pictured(scene, recording, strongest[: STRIPS if scene.is_strip else PICTURES], values)]
    return frame_of(*shown, *_ends(scene, body.ends), {"words": [_words(values)], "mark": "words"})


def _words(values: Array) -> str:
    """That no sample drives the unit more than others, where that is so."""
    if np.isnan(values).any():
        return said("NaN: it answers nothing any more.")
    same = values.min() == values.max()
    return said("It answers {answer} to every sample.", answer=told(float(values[0]))) if same else ""


def _behind(scene: SampleScene, answers: Array, full: float) -> Columns:
    size = (SEEN if scene.places > 1 else 1, SEEN)
    return {"picture": pictures_of(answers[None], full, size), "mark": "seen"}


def _points(scene: SampleScene, recording: Recording, chosen: Array, values: Array) -> Columns:
    """Where the samples lie; on the line all at one height."""
    places = known_body(recording).inputs[chosen]
    y = places[:, 1] if scene.places > 1 else 0.5
    return {"x": places[:, 0], "y": y, **_said_of(recording, chosen, values), "mark": "point"}


def _pictured(scene: SampleScene, recording: Recording, chosen: Array, values: Array) -> Columns:
    """The samples as pictures, four in a row, or as strips under one another."""
    inputs = raw_probe(recording)[chosen]
    rows, columns = scene.pixels
    kept = inputs[:, :WIDEST, None] if scene.is_strip else inputs
    pixels = kept.reshape(len(chosen), rows, columns, -1).mean(-1)
    row, column = np.divmod(np.arange(len(chosen)), 1 if scene.is_strip else ACROSS)
    place = {"x": column + 0.5, "y": row + (0.5 if scene.is_strip else ABOVE)}
    pictures = pictures_of(pixels, LARGE if scene.is_strip else 1.0, scene.pixels)
    return {**place, "picture": pictures, **_said_of(recording, chosen, values), "mark": "sample"}


def _said_of(recording: Recording, chosen: Array, values: Array) -> Columns:
    """What is said of samples: their class or target, and what the unit answers."""
    targets = known_body(recording).targets[chosen]
    words = said("class") if recording.classes else said("target")
    of = [str(int(each)) if recording.classes else told(float(np.ravel(each)[0])) for each in targets]
    answers = [told(float(value)) for value in values[chosen]]
    return {"target": [f"{words} {each}" for each in of], "answer": answers, "value": values[chosen]}


def _ends(scene: SampleScene, ends: Array) -> list[Columns]:
    if scene.places:
        return [{"x": ends[0], "y": ends[1] if scene.places > 1 else (0.0, 1.0), "mark": "corner"}]
    if scene.is_strip:
        return [{"x": (0.0, 1 + WORDS), "y": (0.0, STRIPS + 0.0), "mark": "corner"}]
    return [{"x": (0.0, ACROSS + 0.0), "y": (0.0, PICTURES / ACROSS), "mark": "corner"}]


@chart(
    "What drives it most",
    see="{see}",
    fill=_see,
    frame=_frame,
    scene=_scene,
    at_step=True,
    needs=["body", "config"],
    of_unit=True,
    views={"body": 4},
)
def unit_samples(scene: SampleScene, ink: Ink) -> Drawing:
    """The samples of the probe to which one unit answers most at one step, with their classes or targets."""
    draw = _plane if scene.places else _samples
    return layered(*draw(scene, ink), _nothing(ink))


def _nothing(ink: Ink) -> alt.Chart:
    words = only("words").mark_text(align="left", baseline="top", color=ink.text, tooltip=None)
    return words.encode(alt.Text("words:N"), x=alt.value(4), y=alt.value(2))  # type: ignore[no-any-return]


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("target:N", title=said("sample of")),
        alt.Tooltip("value:Q", format=".3g", title=said("answer of the unit")),
    ]


def _plane(scene: SampleScene, ink: Ink) -> list[alt.Chart]:
    axis = alt.Axis(grid=False)
    x = alt.X("x:Q", scale=linear(), axis=axis, title=said("First feature"))
    y = alt.Y("y:Q", scale=linear(), axis=axis if scene.places > 1 else None, title=said("Second feature"))
    rows = SEEN if scene.places > 1 else 1
    whole: dict[str, Any] = {
        "width": alt.ExprRef("width"),
        "height": alt.ExprRef("height"),
        "align": "left",
        "baseline": "top",
    }
    seen = raster.drawn(only("seen"), (rows, SEEN), ink).mark_image(aspect=False, smooth=True, tooltip=None, **whole)
    seen = seen.encode(alt.Url("url:N"), x=alt.value(0), y=alt.value(0))
    points = only("point").mark_point(
        size=70, filled=True, opacity=1, color=ink.text, stroke=ink.behind, strokeWidth=1.5
    )
    corner = only("corner").mark_point(opacity=0, tooltip=None).encode(x, y)
    return [seen, points.encode(x, y, tooltip=_tooltip()), corner]


def _samples(scene: SampleScene, ink: Ink) -> list[alt.Chart]:
    x, y = alt.X("x:Q", scale=linear(), axis=None), alt.Y("y:Q", scale=linear(reverse=True), axis=None)
    sides = _strip_sides() if scene.is_strip else _picture_sides()
    pictures = raster.drawn(only("sample"), scene.pixels, ink).mark_image(aspect=False, smooth=False, **sides)
    said_of = only("sample").transform_calculate(said="datum.target + ': ' + datum.answer")
    beside: dict[str, Any] = {"align": "left", "dx": alt.ExprRef(f"{0.5 + 0.02} * width / {1 + WORDS}")}
    below: dict[str, Any] = {"baseline": "top", "dy": alt.ExprRef(f"{PICTURE_SIDE} / 2 + 1")}
    names = said_of.mark_text(color=ink.text, tooltip=None, **(beside if scene.is_strip else below))
    corner = only("corner").mark_point(opacity=0, tooltip=None).encode(x, y)
    return [pictures.encode(x, y, alt.Url("url:N"), tooltip=_tooltip()), names.encode(x, y, alt.Text("said:N")), corner]


PICTURE_SIDE = f"(min(width / {ACROSS}, height / {PICTURES / ACROSS}) - 18)"


def _picture_sides() -> dict[str, Any]:
    side = alt.ExprRef(PICTURE_SIDE)
    return {"width": side, "height": side}


def _strip_sides() -> dict[str, Any]:
    return {"width": alt.ExprRef(f"width / {1 + WORDS}"), "height": alt.ExprRef(f"0.8 * height / {STRIPS}")}
