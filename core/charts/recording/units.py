"""The map of units: every unit of every layer, and on how much of the probe it is steep, nearly flat, or of slope 0.

These three are shares of a cell, so they are seen by where they stand as well as by their colours, and they hold for
every activation: where that is a ReLU nothing is nearly flat that is not of slope 0, and of an S-curve hardly anything
is of slope 0.
"""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import ROWS_APART, WORTH_SAYING, layer_axis, linear, named, only, row_font
from core.charts.chart import Moment, chart
from core.charts.frames import ROWS, Columns, frame_of
from core.charts.ink import Ink
from core.charts.picture import LARGE, Drawing, layered
from core.measuring import Recording
from core.words.numbers import percent
from core.words.said import counted, said

CELLS = (
    "A cell is a unit, or a few of a wide layer, filled by samples: amber from above where φ is nearly flat "
    "(saturated, below 5% of its largest slope), grey from below where its slope is 0, green the rest. A cross marks "
    "dead units: slope 0 on every sample, so no gradient."
)
UNKNOWN = "A question mark: of this layer the slope is not known."
CELLS_APART = "width / abs(domain('x')[1] - domain('x')[0])"  # pixels between units
BESIDE = 0.42  # width of the column of words, of the width of all cells
HALF = 0.45  # of the height of a cell, of the distance between two layers
PLACES = {
    "centre": "datum.unit + 0",
    "middle": "datum.layer + 0",
    "left": "datum.unit - 0.5",
    "right": "datum.unit + 0.5",
    "top": f"datum.layer - {HALF}",
    "bottom": f"datum.layer + {HALF}",
    "flat_until": f"datum.layer - {HALF} + {2 * HALF} * (datum.flat + datum.active - 1)",
    "zero_from": f"datum.layer + {HALF} - {2 * HALF} * (1 - datum.active)",
}


class UnitScene(NamedTuple):
    """How many units one cell stands for, how many cells are in a row, and how many samples the probe has; and whether
    the slope of every layer is known."""

    together: int
    columns: int
    probe_size: int
    all_known: bool

    @property
    def end(self) -> int:
        """Where the axis of units ends, beyond the last of them: words stand there."""
        return round((1 + BESIDE) * self.columns + 0.5)


def _scene(recording: Recording) -> UnitScene:
    depth, width = recording.depth, int(recording.layer_widths.max())
    together = max(1, -(-depth * width // ROWS))
    return UnitScene(together, -(-width // together), recording.probe_size, bool(recording.sloped.all()))


def _see(recording: Recording) -> dict[str, str]:
    return {"see": said(CELLS) if recording.sloped.all() else f"{said(CELLS)} {said(UNKNOWN)}"}


def _frame(moment: Moment) -> pd.DataFrame:
    recording, scene = moment.recording, _scene(moment.recording)
    names = ("unit_active_fraction", "unit_saturated_fraction")
    active, flat = (recording.variables[name].values[moment.row] for name in names)  # (layer, unit)
    words = _words_beside(scene, 1 - active, flat, recording.is_unit)
    filled = recording.is_unit
    if scene.together > 1:
        order = np.lexsort((flat, active), axis=-1)
        rows = (np.take_along_axis(each, order, -1) for each in (active, flat))
        (active, filled), (flat, _) = (_grouped(each, filled, scene) for each in rows)
    layers, columns = active.shape
    cells = {"layer": np.repeat(np.arange(1, layers + 1), columns), "unit": np.tile(np.arange(1, columns + 1), layers)}
    missing = np.repeat(np.where(recording.sloped, "lost", "unknown"), columns)
    mark = np.where(np.isnan(active.ravel()), missing, np.where(active.ravel() == 0, "dead", "cell"))
    every = {**cells, "active": active.ravel(), "flat": flat.ravel(), "mark": mark}
    return frame_of({name: column[filled.ravel()] for name, column in every.items()}, words)


def _words_beside(scene: UnitScene, zero: Array, flat: Array, is_unit: Array) -> Columns:
    """What stands beside the layers: how many activations are saturated or, where all of these are, of slope 0."""
    units = is_unit.sum(-1)
    zero, flat = (np.where(is_unit, each, 0).sum(-1) / units for each in (zero, flat))
    layer = np.arange(1, len(units) + 1)
    words = [_words(*shares) for shares in zip(zero, flat, strict=True)]
    return {"mark": "words", "layer": layer, "unit": scene.end, "words": words}


def _words(zero: float, flat: float) -> str:
    if flat - zero >= WORTH_SAYING:
        return said("{share} saturated", share=percent(flat))
    return said("{share} slope 0", share=percent(zero)) if zero >= WORTH_SAYING else ""


def _grouped(values: Array, is_unit: Array, scene: UnitScene) -> tuple[Array, Array]:
    """The mean of every group of neighbours among sorted units, so that the dead ones stay together, and which groups
    have any. NaN stays NaN."""
    starts = np.arange(0, values.shape[1], scene.together)
    sizes = np.add.reduceat(is_unit.astype(int), starts, axis=1)
    groups: Array = np.add.reduceat(np.where(is_unit, values, 0), starts, axis=1) / np.maximum(sizes, 1)
    return groups, sizes > 0


@chart(
    "Every unit",
    see="{see}",
    fill=_see,
    frame=_frame,
    scene=_scene,
    at_step=True,
    needs=["unit_active_fraction", "unit_saturated_fraction"],
    every=2,
    views={"vital_signs": 6, "layers": 7, "untrained": 6, "body": 5},
)
def unit_map(scene: UnitScene, ink: Ink) -> Drawing:
    """Layer by unit: on how much of the probe it is saturated or of slope 0. Dead units carry a cross, NaN is red."""
    x, y = _across(scene), _down()
    size = scene.probe_size
    words = counted(size, "active, of 1 sample", "active, of {samples} samples", samples=size)
    shares = [
        alt.Tooltip("active:Q", format=".1%", title=words),
        alt.Tooltip("flat:Q", format=".1%", title=said("saturated")),
    ]
    tooltip = [*named("layer:O", "unit:O"), *shares]
    steep = _cells("cell", ink.alive, x, y).encode(tooltip=tooltip, opacity=alt.value(0.6))  # paler than the grey
    flat = _cells("cell", ink.saturated, x, y, "top", "flat_until").encode(tooltip=tooltip)
    zero = _cells("cell", ink.dead, x, y, "zero_from", "bottom").encode(tooltip=tooltip)
    grey = _cells("dead", ink.dead, x, y).encode(tooltip=tooltip)
    cross = _signs("dead", "×", ink.behind, x, y).encode(tooltip=tooltip)
    lost = _cells("lost", ink.exploding, x, y).encode(tooltip=[alt.Tooltip("mark:N", title=said("NaN"))])
    unknown = [] if scene.all_known else _unknown(x, y, ink)
    return layered(steep, flat, zero, grey, cross, lost, *unknown, _beside(x, y, ink))


def _across(scene: UnitScene) -> alt.X:
    """The axis of units, which ends where the units end: words stand beside them."""
    title = said("Unit" if scene.together == 1 else "Units, sorted, {together} in a cell", together=scene.together)
    inside = f"datum.value >= 1 && datum.value <= {scene.columns} && datum.value % 1 == 0"
    seen = {"condition": {"test": inside, "value": 1}, "value": 0}
    labels = f"{inside} ? datum.value * {scene.together} : ''"
    axis = alt.Axis(labelExpr=labels, labelOverlap=True, tickMinStep=1, grid=False, tickOpacity=seen)
    scale = alt.Scale(domain=[0.5, scene.end], nice=False, zero=False)
    return alt.X(field="left", type="quantitative", scale=scale, axis=axis, title=title)


def _down() -> alt.Y:
    """The axis of layers, input side at the top."""
    axis = layer_axis(tickMinStep=1, domain=False, grid=False)
    return alt.Y(field="top", type="quantitative", scale=linear(reverse=True), axis=axis, title=said("Hidden layer"))


def _placed(mark: str, *places: str) -> alt.Chart:
    """What is drawn as a mark, with some of the places of its cell."""
    chart = only(mark)
    for name in places:
        chart = chart.transform_calculate(**{name: PLACES[name]})
    return chart


def _cells(mark: str, color: str, x: alt.X, y: alt.Y, top: str = "top", bottom: str = "bottom") -> alt.Chart:
    """Rectangles as wide as a cell, between two of its places, where there is anything between them."""
    cells = _placed(mark, "left", "right", top, bottom).transform_filter(f"datum.{top} < datum.{bottom}")
    cells = cells.mark_rect(color=color)
    return cells.encode(x, y.field(top), alt.X2("right:Q"), alt.Y2(f"{bottom}:Q"))  # type: ignore[no-any-return]


def _signs(mark: str, sign: str, color: str, x: alt.X, y: alt.Y) -> alt.Chart:
    """A sign in the middle of each cell, which it does not leave: neighbours stay apart."""
    size = alt.ExprRef(f"min(11 * {LARGE}, 1.7 * {CELLS_APART}, 1.2 * {ROWS_APART})")
    signs = _placed(mark, "centre", "middle").mark_text(text=sign, color=color, fontSize=size)
    return signs.encode(x.field("centre"), y.field("middle"))  # type: ignore[no-any-return]


def _beside(x: alt.X, y: alt.Y, ink: Ink) -> alt.Chart:
    """Words to the right of a layer."""
    words = _placed("words", "centre", "middle").mark_text(
        align="right", color=ink.text, fontSize=row_font(ROWS_APART), tooltip=None
    )
    return words.encode(x.field("centre"), y.field("middle"), alt.Text("words:N"))  # type: ignore[no-any-return]


def _unknown(x: alt.X, y: alt.Y, ink: Ink) -> list[alt.Chart]:
    """An empty cell with a question mark for each unit of a layer whose slope is not known."""
    words = alt.value(said("The slope is not known."))
    cell = _cells("unknown", ink.behind, x, y).encode(tooltip=words)
    framed = cell.mark_rect(color=ink.behind, stroke=ink.faint, strokeWidth=0.5)
    return [framed, _signs("unknown", "?", ink.faint, x, y).encode(tooltip=words)]
