"""One line a layer over the steps: gradients, updates and dead units."""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import (
    at_corners,
    layer_color,
    linear,
    log_domain,
    log_y,
    lost_and_zero,
    lost_mark,
    named,
    now_rule,
    only,
    place,
    step_x,
    steps_of,
    thinned,
)
from core.charts.chart import Moment, chart
from core.charts.frames import corners, frame_of, now
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.words.said import counted, said

USUAL_UPDATE = 1e-3  # cs231n: "a rough heuristic is that this ratio should be somewhere around 1e-3"


def _by_layer(recording: Recording, name: str, first_row: int = 0) -> dict[str, Array]:
    """Columns step, layer and value of a variable, of as many snapshots as a frame can hold."""
    depth = recording.depth
    rows = thinned(recording, depth)
    rows = rows[rows >= first_row]
    steps = np.repeat(np.array(recording.steps)[rows], depth)
    layers = np.tile(np.arange(1, depth + 1), len(rows))
    return {"step": steps, "layer": layers, "value": recording.variables[name].values[rows].ravel()}


def _log_frame(moment: Moment, name: str, *also: float, first_row: int = 0) -> pd.DataFrame:
    recording = moment.recording
    domain = log_domain(recording.variables[name].values, np.array(also))
    lines = _by_layer(recording, name, first_row)
    ends = corners(step=steps_of(recording), shown=domain, layer=(1, recording.depth))
    return frame_of(lines | place(lines["value"], domain), now(moment.step), ends)


def _log_lines(ink: Ink, title: str) -> list[alt.Chart]:
    x, y, color = step_x(), log_y(said(title)), layer_color(ink)
    tooltip = [*named("step:Q", "layer:Q"), alt.Tooltip("value:Q", format=".2e", title=said(title))]
    line = only("line").mark_line(strokeWidth=1.5).encode(x, y, color, alt.Detail("layer:Q"))
    points = only("line").mark_point(filled=True, size=14).encode(x, y, color, tooltip=tooltip)
    return [line, points, *lost_and_zero(x, y, ink), now_rule(ink), at_corners(x, y)]


def _gradient_frame(moment: Moment) -> pd.DataFrame:
    return _log_frame(moment, "gradient_rms")


@chart(
    "Gradient over time",
    see="All layers should stay within a few powers of ten of each other. It shrinks as the training data are learned.",
    frame=_gradient_frame,
    needs=["gradient_rms"],
    views={"over_time": 4},
)
def gradient_over_time(scene: None, ink: Ink) -> Drawing:
    """RMS of dL/dz of each layer over the steps, on a logarithmic axis."""
    return layered(*_log_lines(ink, "dL/dz, root mean square"))


def _update_frame(moment: Moment) -> pd.DataFrame:
    return _log_frame(moment, "update_ratio", USUAL_UPDATE, first_row=1)  # there is no update before step 1


@chart(
    "Update : weight ratio over time",
    see="About 0.001, the dashed line, is usual. Far above it the steps are too large, far below too small.",
    frame=_update_frame,
    needs=["update_ratio"],
    views={"over_time": 5},
)
def update_ratio_over_time(scene: None, ink: Ink) -> Drawing:
    """‖ΔW‖ / ‖W‖ of each layer over the steps, with the usual 1e-3 as a guide."""
    guide = alt.Chart().mark_rule(color=ink.text, strokeDash=[6, 4]).encode(y=alt.datum(USUAL_UPDATE))
    return layered(guide, *_log_lines(ink, "‖ΔW‖ / ‖W‖"))


class Units(NamedTuple):
    """How many units a layer has, the narrowest and the widest, and how many samples the probe."""

    narrowest: int
    widest: int
    probe_size: int


def _units(recording: Recording) -> Units:
    widths = recording.layer_widths
    return Units(int(widths.min()), int(widths.max()), recording.probe_size)


def _dead_frame(moment: Moment) -> pd.DataFrame:
    recording, lines = moment.recording, _by_layer(moment.recording, "dead_fraction")
    width = recording.layer_widths[lines["layer"] - 1]
    shares = recording.variables["dead_fraction"].values
    share = np.nanmax(shares, initial=0.0)
    most = next(part for part in (0.1, 0.25, 0.5, 1.0) if share <= part)
    top, lost = max(1.0, most * recording.layer_widths.max()), np.isnan(lines["value"])
    counts = {"value": np.where(lost, top, (lines["value"] * width).round()), "mark": np.where(lost, "lost", "line")}
    ends = corners(step=steps_of(recording), value=(0, top), layer=(1, recording.depth))
    return frame_of(lines | counts, now(moment.step), ends)


@chart(
    "Dead units over time",
    see="A dead unit has slope 0 on every sample of the probe, so it gets no gradient. Rising lines are units dying.",
    frame=_dead_frame,
    scene=_units,
    needs=["dead_fraction"],
    views={"over_time": 3},
)
def dead_over_time(units: Units, ink: Ink) -> Drawing:
    """How many units of each layer are dead, over the steps, with the size of the probe on which they were silent."""
    low, high = units.narrowest, units.widest
    width = f"{high}" if low == high else said("{low} to {high}", low=low, high=high)
    one, many = "Dead units (of {width}, on 1 sample)", "Dead units (of {width}, on {samples} samples)"
    title = counted(units.probe_size, one, many, width=width, samples=units.probe_size)
    x, color = step_x(), layer_color(ink)
    y = alt.Y("value:Q", scale=linear(), axis=alt.Axis(format="d", tickMinStep=1), title=title)
    tooltip = [*named("step:Q", "layer:Q"), alt.Tooltip("value:Q", title=said("dead units"))]
    line = only("line").mark_line(interpolate="step-after", strokeWidth=1.5).encode(x, y, color, alt.Detail("layer:Q"))
    points = only("line").mark_point(filled=True, size=14).encode(x, y, color, tooltip=tooltip)
    return layered(line, points, lost_mark(x, y, ink), now_rule(ink), at_corners(x, y))
