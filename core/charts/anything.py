"""Any measured variable, drawn along any of its axes: a new measure is seen without a chart of its own."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, log_domain, log_y, lost_and_zero, only, place
from core.charts.frames import ROWS, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.config import Config
from core.measuring import Recording
from core.words.said import said

HEIGHT = 420
LINES_ROWS = ROWS * 7 // 8  # most rows of a frame here, whose columns are wider than those of the other charts


class Slice(NamedTuple):
    """What is drawn of a variable: along one axis, a line for each entry of another, at chosen places of the others."""

    name: str
    along: str
    each: str | None
    at: Mapping[str, Any]
    log: bool


def slice_table(recording: Recording, part: Slice) -> pd.DataFrame:
    """The numbers of a slice: columns `along`, `each` and `value`."""
    chosen = recording.data[part.name].sel(dict(part.at))
    if part.each is not None:
        count = chosen.sizes[part.each]
        most = max(1, LINES_ROWS // chosen.sizes[part.along])
        chosen = chosen.isel({part.each: np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))})
    values = chosen.transpose(*filter(None, (part.each, part.along))).values.reshape(-1, chosen.sizes[part.along])
    along = _places(recording, part)
    each = chosen[part.each].values if part.each is not None else np.zeros(1)
    return pd.DataFrame(
        {"along": np.tile(along, len(values)), "each": np.repeat(each, len(along)), "value": values.ravel()}
    )


def slice_frame(recording: Recording, part: Slice) -> pd.DataFrame:
    """What `anything` draws."""
    table = slice_table(recording, part)
    values = table["value"].to_numpy(np.float64)
    finite = values[np.isfinite(values)]
    ends: tuple[float, float]
    if part.log:
        ends = log_domain(values)
        placed = place(values, log_domain(values))
    else:
        ends = float(finite.min(initial=0.0)), float(finite.max(initial=0.0)) or 1.0
        lost = ~np.isfinite(values)
        placed = {"shown": np.where(lost, ends[1], values), "mark": np.where(lost, "lost", "line")}
    columns = {str(name): table[name].to_numpy() for name in table} | placed
    return frame_of(columns, {name: _ends(columns[name]) for name in ("along", "each")} | corners(shown=ends))


def _ends(values: Array) -> Array:
    """The first and the last of numbers; of names any two."""
    return values[:2] if values.dtype.kind in "UO" else np.array([values.min(), values.max()])


def _scene(recording: Recording, part: Slice) -> Scene:
    each = part.each and (part.each, recording.data[part.each].dtype.kind == "U")
    whole = recording.data[part.along].dtype.kind == "i"
    return recording.variables[part.name].label, part.along, _is_named(recording, part.along), whole, each, part.log


def _words(recording: Recording, part: Slice) -> dict[str, str]:
    variable = recording.variables[part.name]
    return {"label": said(variable.label), "along": part.along, "help": said(variable.help)}


def _examples() -> Iterator[tuple[Recording, Slice]]:
    from core.training import record

    recording = record(Config(depth=2, width=4, samples=40, batch_size=20, steps=4, snapshots=3))
    yield recording, Slice("loss", "step", "split", {}, False)
    yield recording, Slice("gradient_rms", "layer", "step", {}, True)
    yield recording, Slice("activation_histogram", "bin", "layer", {"step": 4}, False)


@picture(
    "{label}",
    see="{help}",
    alt="{label} along {along}. {help}",
    fill=_words,
    frame=slice_frame,
    scene=_scene,
    examples=_examples,
    height=HEIGHT,
)
def anything(
    label: str, along: str, named: bool, whole: bool, each: tuple[str, bool] | None, log: bool, ink: Ink
) -> Drawing:
    """A measured variable along one of its axes, with a line for each entry of another."""
    title = said(label)
    x, y = _x(along, named, whole), log_y(title) if log else alt.Y("shown:Q", scale=linear(), title=title)
    tooltip = [alt.Tooltip(x.shorthand, title=along), alt.Tooltip("value:Q", format=".4g", title=title)]
    encodings: list[Any] = [x, y]
    if each is not None:
        name, words = each
        color = ink.layers() if not words else alt.Scale(range=[ink.train, ink.validation])
        kind = "each:N" if words else "each:Q"
        legend = alt.Legend(title=name, symbolStrokeWidth=0, type=alt.Undefined if words else "symbol")
        encodings += [alt.Color(kind, scale=color, legend=legend), alt.Detail(kind)]
        tooltip.append(alt.Tooltip(kind, title=name))
    line = only("line").mark_line(strokeWidth=1.5).encode(*encodings)
    points = only("line").mark_point(filled=True, size=16).encode(*encodings, tooltip=tooltip)
    return layered(line, points, *lost_and_zero(x, y, ink), at_corners(y))


def _x(along: str, named: bool, whole: bool) -> alt.X:
    if named:
        return alt.X("along:O", sort=None, axis=alt.Axis(labelOverlap=True, labelAngle=0), title=along)
    step = 1 if whole else alt.Undefined
    return alt.X("along:Q", scale=linear(), axis=alt.Axis(tickCount=6, tickMinStep=step, grid=False), title=along)


def _is_named(recording: Recording, axis: str) -> bool:
    """Whether the places of an axis are names. Bins are: some of them are "zero" or "nan"."""
    return axis == "bin" or recording.data[axis].dtype.kind == "U"


def _places(recording: Recording, part: Slice) -> Array:
    """Where the entries of the axis lie; bins are named by their left edges, or by what they count."""
    if part.along != "bin":
        places: Array = recording.data[part.along].values
        return places
    edges = recording.coordinates[f"{part.name.removesuffix('_histogram')}_left"][1]
    kinds = recording.coordinates["bin_kind"][1]
    return np.array([f"{edge:.2g}" if kind == "inside" else str(kind) for kind, edge in zip(kinds, edges, strict=True)])
