"""Training against validation: both losses over the steps, and the gap between them."""

import altair as alt
import pandas as pd

from core.charts.axes import at_corners, linear, only, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.babysitting.generalization import Curves
from core.measuring.recording import SPLITS

HIGHEST = 3.0  # where the axis of the loss ends, in nats: guessing among ten classes gives 2.3


def curves_frame(found: Curves) -> pd.DataFrame:
    """A row for each step and split with its `loss`; the gap from `train` to `loss`; and the lowest on validation."""
    lines = [
        {"step": found.steps, "loss": found.losses[:, n], "split": split, "mark": "line"}
        for n, split in enumerate(SPLITS)
    ]
    train, held_out = found.losses.T
    gap = {"step": found.steps, "loss": held_out, "train": train, "mark": "gap"}
    lowest = {"step": found.steps[found.lowest], "loss": held_out[found.lowest], "mark": "lowest"}
    return frame_of(*lines, gap, lowest, corners(step=(0, found.steps[-1]), loss=(0, HIGHEST)))


@spec_of
def curves_spec(ink: Ink) -> Drawing:
    """`curves_frame` as Vega-Lite without data."""
    x, y = step_x(), alt.Y("loss:Q", scale=linear(), axis=alt.Axis(tickCount=4), title="Loss (nats)")
    names = list(SPLITS)
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color("split:N", scale=ink.state(names), legend=legend)
    dash = alt.StrokeDash("split:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]]), legend=legend)
    gap = only("gap").mark_area(color=ink.validation, opacity=0.15, tooltip=None).encode(x, y, alt.Y2("train:Q"))
    lines = only("line").mark_line(strokeWidth=2.5, tooltip=None).encode(x, y, color, dash)
    tooltip = [alt.Tooltip("step:Q"), alt.Tooltip("loss:Q", format=".3f", title="lowest on held-out samples")]
    lowest = only("lowest").mark_point(shape="diamond", size=140, filled=True, color=ink.text, opacity=1)
    return layered(gap, lines, lowest.encode(x, y, tooltip=tooltip), at_corners(x, y))
