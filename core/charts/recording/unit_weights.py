"""One unit: the weights through which it hears the layer before and is heard by the next one."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts import raster
from core.charts.axes import linear, only
from core.charts.cells import full_weight, pictures_of
from core.charts.chart import Moment, chart
from core.charts.frames import Columns, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.measuring.body import biases_of, known_body, weights_of
from core.words.numbers import told
from core.words.said import said

OUT = 1.2  # where the weights to the next layer begin; those of the layer before are from 0 to 1
ROOM = 1.4  # of the largest weight: the axis is as much longer, below for nothing, above for words
BAR = 0.8  # of the room of a weight
MOST = 400  # bars that are drawn of the weights from one layer
SIDE = "min(width * 0.4, 0.82 * height)"


def _pixels(recording: Recording) -> tuple[int, ...]:
    return known_body(recording).pixels[:2]


def _frame(moment: Moment) -> pd.DataFrame:
    recording, (layer, unit) = moment.recording, moment.unit
    pixels, (into, out) = _pixels(recording), (every[moment.row] for every in _both(moment))
    shown = [_bars(out, OUT, "out")]
    if layer == 1 and pixels:
        weights = into.reshape(1, *pixels, -1).mean(-1)
        picture = {"x": 0.5, "weight": 0.0, "picture": pictures_of(weights, full_weight(recording), pixels)}
        shown.append({**picture, "mark": "weighed"})
    else:
        shown.append(_bars(into, 0.0, "in"))
    bias = said("bias {bias}", bias=", ".join(map(told, biases_of(recording, layer)[moment.row, unit - 1].tolist())))
    first = said("from {layer}", layer=_name(layer - 1, recording))
    words = [f"{first}; {bias}", said("to {layer}", layer=_name(layer + 1, recording))]
    end = _end(moment)
    ends = {"x": (0.0, OUT + 1), "weight": (-end, end), "mark": "corner"}
    return frame_of(*shown, {"x": (0.0, OUT), "words": words, "mark": "words"}, ends)


def _both(moment: Moment) -> tuple[Array, Array]:
    """The weights of the unit from the layer before (step, input) and to the next one (step, unit)."""
    layer, unit = moment.unit
    weights = weights_of(moment.recording)
    return weights[layer - 1][:, unit - 1], weights[layer][:, :, unit - 1]


def _end(moment: Moment) -> float:
    """Where the axis ends: at what is drawn of the unit at any step."""
    into, out = _both(moment)
    is_picture = moment.unit.layer == 1 and bool(_pixels(moment.recording))
    sizes = np.abs(out if is_picture else np.concatenate([into, out], 1))
    return ROOM * float(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0


def _name(layer: int, recording: Recording) -> str:
    if layer == 0:
        return said("the inputs")
    return said("the outputs") if layer > recording.depth else said("layer {layer}", layer=layer)


def _bars(weights: Array, begin: float, mark: str) -> Columns:
    """A bar for each weight, or for the strongest of very many; NaN stands at 0, as a sign."""
    number = np.sort(np.argsort(np.abs(weights), kind="stable")[-MOST:])
    room = 1 / len(weights)
    kind = np.where(np.isfinite(weights[number]), mark, "lost")
    place = begin + room * number
    ends = {"x": place, "right": place + BAR * room}
    return {**ends, "number": number + 1, "weight": np.nan_to_num(weights[number], posinf=0, neginf=0), "mark": kind}


@chart(
    "Its weights",
    see="Left the weights from the layer before, right those to the next: blue adds, orange takes away. Weights from "
    "pixels are a picture.",
    frame=_frame,
    scene=_pixels,
    at_step=True,
    needs=["body", "config"],
    of_unit=True,
    views={"body": 3},
)
def unit_weights(pixels: tuple[int, ...], ink: Ink) -> Drawing:
    """The weights of one unit at one step, those from the layer before and those to the next one, with its bias. Red
    where they are NaN."""
    x = alt.X("x:Q", scale=linear(), axis=None)
    y = alt.Y("weight:Q", scale=linear(), axis=alt.Axis(tickCount=4), title=said("Weight"))
    colour = alt.condition("datum.weight > 0", alt.value(ink.positive), alt.value(ink.negative))
    parts = [_of("in", said("from"), x, y, colour), _of("out", said("to"), x, y, colour)]
    lost = only("lost").mark_point(shape="triangle-up", size=60, filled=True, color=ink.exploding, opacity=1)
    words = only("words").mark_text(align="left", baseline="top", dx=4, color=ink.text, tooltip=None)
    words = words.encode(x, alt.Text("words:N"), y=alt.value(0))
    corner = only("corner").mark_point(opacity=0, tooltip=None).encode(x, y)
    pictures = [_picture(pixels, x, y, ink)] if pixels else []
    return layered(*parts, lost.encode(x, y, tooltip=alt.value("NaN")), *pictures, words, corner)


def _of(mark: str, title: str, x: alt.X, y: alt.Y, colour: Any) -> alt.Chart:
    tooltip = [alt.Tooltip("number:Q", title=title), alt.Tooltip("weight:Q", format=".3g", title=said("weight"))]
    bars = only(mark).mark_rect()
    return bars.encode(x, y, alt.X2("right:Q"), alt.Y2Datum(0), color=colour, tooltip=tooltip)  # type: ignore[no-any-return]


def _picture(pixels: tuple[int, ...], x: alt.X, y: alt.Y, ink: Ink) -> alt.Chart:
    side = alt.ExprRef(SIDE)
    picture = raster.drawn(only("weighed"), pixels, ink)
    image = picture.mark_image(
        width=side, height=side, dy=alt.ExprRef("0.09 * height"), aspect=False, smooth=False, tooltip=None
    )
    return image.encode(x, y, alt.Url("url:N"))  # type: ignore[no-any-return]  # altair's decorator
