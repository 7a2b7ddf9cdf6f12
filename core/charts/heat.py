"""Heat: an outcome over two knobs, one cell for each pair of values, filling in while the sweep goes on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import only
from core.charts.frames import frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.config import Config
from core.sweeps.outcomes import outcomes, over_seeds
from core.words.numbers import short
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

CELL = "cell"  # the name of the selection: what a click chooses
SHARE = ".0%"
HEIGHT = 440
COLOURS = {"low": "Bright is low, so good.", "high": "Bright is high, so good.", "middle": "Pale is near 1, so good."}


class Map(NamedTuple):
    """Which outcome is drawn over which two fields of the Config."""

    x: str
    y: str
    outcome: str


def heat_frame(sweep: "xr.Dataset", drawn: Map, chosen: tuple[Any, ...] = ()) -> pd.DataFrame:
    """A row for each cell: `x`, `y`, `value` (median over seeds), `shown` (where on the scale), share that diverged.

    `mark` is "cell", "lost" where the value is NaN or infinite, or "open" where nothing is known yet. `chosen` are the
    values of x and y of the cell that gets a frame.
    """
    entry = outcomes[drawn.outcome]
    cells = {"value": over_seeds(drawn.outcome, sweep), "diverged": over_seeds("diverged", sweep)}
    table = pd.concat(
        {name: values.transpose(drawn.y, drawn.x).to_series() for name, values in cells.items()}, axis=1
    ).reset_index()
    values = table["value"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        shown = np.log10(values) if entry.log else values
    shown = np.clip(np.nan_to_num(shown, nan=entry.ends[1], posinf=entry.ends[1], neginf=entry.ends[0]), *entry.ends)
    mark = np.where(np.isfinite(values), "cell", np.where(table["diverged"].isna(), "open", "lost"))
    places = {axis: [short(value) for value in table[name]] for axis, name in (("x", drawn.x), ("y", drawn.y))}
    numbers = {"value": values, "diverged": table["diverged"], "shown": shown, "row": np.arange(len(table))}
    framed = (table[drawn.x] == chosen[0]) & (table[drawn.y] == chosen[1]) if chosen else np.zeros(len(table), bool)
    return frame_of({**places, **numbers, "mark": mark}).assign(chosen=np.asarray(framed))


def _axes(sweep: "xr.Dataset", drawn: Map, chosen: tuple[Any, ...] = ()) -> Scene:
    across, up = (tuple(short(value) for value in sweep[name].values.tolist()) for name in (drawn.x, drawn.y))
    return drawn, across, up


def _see(sweep: "xr.Dataset", drawn: Map, chosen: tuple[Any, ...] = ()) -> str:
    if (heat_frame(sweep, drawn)["mark"] == "lost").any():
        return "{outcome} {colours} Triangles: the runs diverged. Click a cell to look into it."
    return "{outcome} {colours} Click a cell to look into it."


def _words(sweep: "xr.Dataset", drawn: Map, chosen: tuple[Any, ...] = ()) -> dict[str, str]:
    entry, fields = outcomes[drawn.outcome], Config.fields()
    return {
        "label": said(entry.label),
        "outcome": said(outcomes.help(drawn.outcome)),
        "colours": said(COLOURS[entry.good]),
        "x": said(fields[drawn.x].label),
        "y": said(fields[drawn.y].label),
    }


def _examples() -> Iterator[tuple["xr.Dataset", Map]]:
    from core.sweeps import grid, sweep
    from core.sweeps.maps import NEEDS

    base = Config(depth=1, width=4, samples=40, batch_size=20, steps=4, snapshots=2)
    found = sweep(grid(base, learning_rate=[0.01, 1e6], weight_scale=[0.5, 2.0], seed=[0]), variables=NEEDS)
    return ((found, Map("learning_rate", "weight_scale", outcome)) for outcome in outcomes)


@picture(
    "{label}",
    see=_see,
    alt="{label} over {x} and {y}. {outcome}",
    fill=_words,
    frame=heat_frame,
    scene=_axes,
    examples=_examples,
    height=HEIGHT,
)
def heat(drawn: Map, across: tuple[str, ...], up: tuple[str, ...], ink: Ink) -> Drawing:
    """An outcome over two knobs. A click on a cell selects it as CELL, with its `row` in the frame."""
    entry = outcomes[drawn.outcome]
    x, y = places(drawn, across, up)
    share = entry.ends == (0.0, 1.0)
    number = SHARE if share else ".3g"
    labels = "'1e' + datum.value" if entry.log else f"format(datum.value, '{SHARE if share else '~r'}')"
    legend = alt.Legend(title=None, orient="top", gradientLength=260, labelExpr=labels, tickCount=5)
    color = alt.Color("shown:Q", scale=_scale(entry.good, list(entry.ends), ink), legend=legend)
    tooltip = [
        *place_names(drawn),
        alt.Tooltip("value:Q", format=number, title=said(entry.label)),
        alt.Tooltip("diverged:Q", format=SHARE, title=said("Diverged")),
    ]
    chosen = alt.selection_point(name=CELL, fields=["row"], on="click", clear=False)
    cells = only("cell").mark_rect(cursor="pointer").encode(x, y, color, tooltip=tooltip).add_params(chosen)
    lost = only("lost").mark_point(shape="triangle-up", size=50, filled=True, color=ink.exploding, opacity=1)
    behind = only("lost").mark_rect(cursor="pointer", opacity=0)  # so that a click need not hit the triangle
    behind, lost = (mark.encode(x, y, tooltip=[*tooltip[:2], tooltip[-1]]) for mark in (behind, lost))
    return layered(cells, lost, behind, framed(x, y, tooltip, ink))


def places(drawn: Map, across: tuple[str, ...], up: tuple[str, ...]) -> tuple[alt.X, alt.Y]:
    """The axes of the two fields, over their values as they are written, the larger ones above."""
    fields = Config.fields()
    axis = alt.Axis(labelOverlap=True, labelAngle=0, labelFlush=False, ticks=False)
    columns, rows = list(across), list(up[::-1])
    title_x, title_y = (said(fields[name].label) for name in (drawn.x, drawn.y))
    x = alt.X("x:O", sort=columns, scale=alt.Scale(domain=columns), axis=axis, title=title_x)
    return x, alt.Y("y:O", sort=rows, scale=alt.Scale(domain=rows), axis=axis, title=title_y)


def place_names(drawn: Map) -> list[alt.Tooltip]:
    """The values of the two fields, as a cell says them."""
    fields = Config.fields()
    return [
        alt.Tooltip(f"{axis}:O", title=said(fields[name].label)) for axis, name in zip("xy", drawn[:2], strict=True)
    ]


def framed(x: alt.X, y: alt.Y, tooltip: list[alt.Tooltip], ink: Ink) -> alt.Chart:
    """A frame around the chosen cell."""
    frame = alt.Chart().transform_filter("datum.chosen").mark_rect(filled=False, stroke=ink.text, strokeWidth=2)
    return frame.encode(x, y, tooltip=tooltip)  # type: ignore[no-any-return]  # altair's decorator


def _scale(good: str, ends: list[float], ink: Ink) -> alt.Scale:
    """Bright is good; where the middle is good, both ends are strong."""
    if good == "middle":
        return alt.Scale(domain=ends, scheme="purpleorange", reverse=True, clamp=True)
    return ink.sequential(ends, reverse=good == "low")
