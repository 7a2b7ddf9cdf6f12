"""Cures for dead units side by side: a dot for each network, a tick at the median of each cure."""

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.cures import CURES, SEEDS

Kind = Literal["dead", "loss"]
ENDS: dict[Kind, tuple[float, float]] = {"dead": (0.0, 1.0), "loss": (1e-4, 1e2)}  # of the axes
TITLES: dict[Kind, str] = {"dead": "Dead units", "loss": "Loss on held-out samples"}


def cures_frame(values: Array, kind: Kind) -> pd.DataFrame:
    """A row for each network: its `cure`, its `value`, and where it is `shown`; and for each cure the median so far.

    Networks that are not known yet are left out. `mark` is "lost" where the run diverged or the axis has ended.
    """
    low, high = ENDS[kind]
    parts: list[Columns] = []
    for cure, row in zip(CURES, values, strict=True):
        seeds, known = np.array(SEEDS)[~np.isnan(row)], row[~np.isnan(row)]
        shown, mark = np.clip(known, low, high), np.where(known > high, "lost", "dot")
        parts.append({"cure": cure, "value": known, "shown": shown, "seed": seeds, "mark": mark})
        if len(known):
            parts.append({"cure": cure, "shown": np.clip(np.median(known), low, high), "mark": "median"})
    return frame_of(*parts, {**corners(shown=(low, high)), "cure": next(iter(CURES))})


@spec_of
def cures_spec(kind: Kind, ink: Ink) -> Drawing:
    """`cures_frame` as Vega-Lite without data."""
    names = list(CURES)
    share = kind == "dead"
    scale = linear() if share else alt.Scale(type="log", nice=False)
    axis = alt.Axis(format=".0%", tickCount=5) if share else alt.Axis(tickCount=4, labelExpr=POWERS)
    x = alt.X("shown:Q", scale=scale, axis=axis, title=TITLES[kind])
    y = alt.Y(
        "cure:N", sort=names, scale=alt.Scale(domain=names), axis=alt.Axis(ticks=False, labelLimit=140), title=None
    )
    number = ".1%" if share else ".3g"
    tooltip = [alt.Tooltip("cure:N"), alt.Tooltip("value:Q", format=number, title=TITLES[kind]), alt.Tooltip("seed:Q")]
    dots = only("dot").mark_point(filled=True, size=60, opacity=0.5, color=ink.train).encode(x, y, tooltip=tooltip)
    ticks = only("median").mark_tick(thickness=3, size=20, color=ink.text, opacity=0.9, tooltip=None).encode(x, y)
    lost = only("lost").mark_point(shape="triangle-right", size=80, filled=True, color=ink.exploding, opacity=0.8)
    return layered(dots, ticks, lost.encode(x, y, tooltip=tooltip), at_corners(x, y))
