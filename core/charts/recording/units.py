"""The map of units: every unit of every layer, and on how much of the probe it is active."""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import layer_band, named, only
from core.charts.chart import Moment, chart
from core.charts.frames import ROWS, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.words.said import said

CELLS = "A cell is a unit, or a few of a wide layer. A cross marks dead ones: slope 0 on every sample, so no gradient."
UNKNOWN = "A question mark: of this layer the slope is not known."


class UnitScene(NamedTuple):
    """How many units one cell stands for, how many cells are in a row, and how many samples the probe has; and whether
    the slope of every layer is known."""

    together: int
    columns: int
    probe_size: int
    all_known: bool


def _scene(recording: Recording) -> UnitScene:
    depth, width = recording.depth, int(recording.layer_widths.max())
    together = max(1, -(-depth * width // ROWS))
    return UnitScene(together, -(-width // together), recording.probe_size, bool(recording.sloped.all()))


def _see(recording: Recording) -> dict[str, str]:
    return {"see": said(CELLS) if recording.sloped.all() else f"{said(CELLS)} {said(UNKNOWN)}"}


def _frame(moment: Moment) -> pd.DataFrame:
    scene = _scene(moment.recording)
    active = moment.recording.variables["unit_active_fraction"].values[moment.row]  # (layer, unit)
    filled = moment.recording.is_unit
    if scene.together > 1:
        active, filled = _grouped(np.sort(active, axis=-1), filled, scene)
    layers, columns = active.shape
    cells = {"layer": np.repeat(np.arange(1, layers + 1), columns), "unit": np.tile(np.arange(1, columns + 1), layers)}
    missing = np.repeat(np.where(moment.recording.sloped, "lost", "unknown"), columns)
    mark = np.where(np.isnan(active.ravel()), missing, np.where(active.ravel() == 0, "dead", "cell"))
    every = {**cells, "active": active.ravel(), "mark": mark}
    return frame_of({name: column[filled.ravel()] for name, column in every.items()})


def _grouped(active: Array, is_unit: Array, scene: UnitScene) -> tuple[Array, Array]:
    """The mean of every group of neighbours among sorted units, so that the dead ones stay together, and which groups
    have any. NaN stays NaN."""
    starts = np.arange(0, active.shape[1], scene.together)
    sizes = np.add.reduceat(is_unit.astype(int), starts, axis=1)
    groups: Array = np.add.reduceat(np.where(is_unit, active, 0), starts, axis=1) / np.maximum(sizes, 1)
    return groups, sizes > 0


@chart(
    "Every unit",
    see="{see}",
    fill=_see,
    frame=_frame,
    scene=_scene,
    at_step=True,
    needs=["unit_active_fraction"],
    every=2,
    views={"vital_signs": 6, "layers": 7, "untrained": 6},
)
def unit_map(scene: UnitScene, ink: Ink) -> Drawing:
    """Layer by unit: the share of the probe on which φ'(z) is not 0. Dead units carry a cross, NaN is red."""
    title = said("Unit" if scene.together == 1 else "Units, sorted, {together} in a cell", together=scene.together)
    axis = alt.Axis(labelOverlap=True, labelAngle=0, ticks=False, labelExpr=f"datum.value * {scene.together}")
    x = alt.X("unit:O", axis=axis, title=title)
    y = layer_band()
    words = said("active, of {samples} samples", samples=scene.probe_size)
    active = alt.Tooltip("active:Q", format=".1%", title=words)
    tooltip = [*named("layer:O", "unit:O"), active]
    legend = alt.Legend(title=said("Active"), format="%", orient="right", gradientLength=140)
    cells = only("cell").mark_rect().encode(x, y, alt.Color("active:Q", scale=ink.sequential([0, 1]), legend=legend))
    dead = only("dead")
    grey = dead.mark_rect(color=ink.dead).encode(x, y, tooltip=tooltip)
    cross = dead.mark_text(text="×", color=ink.behind, fontSize=11).encode(x, y, tooltip=tooltip)
    lost = only("lost").mark_rect(color=ink.exploding).encode(x, y, tooltip=[alt.Tooltip("mark:N", title=said("NaN"))])
    unknown = [] if scene.all_known else _unknown(x, y, ink)
    return layered(cells.encode(tooltip=tooltip), grey, cross, lost, *unknown)


def _unknown(x: alt.X, y: alt.Y, ink: Ink) -> list[alt.Chart]:
    """An empty cell with a question mark for each unit of a layer whose slope is not known."""
    words = alt.value(said("The slope is not known."))
    cell = only("unknown").mark_rect(color=ink.behind, stroke=ink.faint, strokeWidth=0.5)
    question = only("unknown").mark_text(text="?", color=ink.faint, fontSize=11)
    return [cell.encode(x, y, tooltip=words), question.encode(x, y, tooltip=words)]
