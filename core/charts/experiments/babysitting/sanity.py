"""Checks before a long training: the first loss over the size of the weights, and samples learned by heart."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.babysitting.sanity import KINDS, SCALES, ByHeart, FirstLoss

LOSSES = (0.5, 1000.0)  # the ends of the axis of the first loss, in nats
SHAPES = ("circle", "square", "diamond")


def first_loss_frame(found: Sequence[FirstLoss], weight_decay: float) -> pd.DataFrame:
    """A row for each scale and data set: `total`, the loss with its L2 term, and `loss` alone; the rules at ln C."""
    lines, rules = [], []
    for one in found:
        part = {"scale": np.array(SCALES), "total": one.total(weight_decay), "loss": one.losses}
        lines.append({**part, "classes": in_words(one), "data": one.dataset, "mark": "line"})
        rules.append({"total": one.expected, "classes": in_words(one), "mark": "rule"})
    return frame_of(*lines, *rules, corners(scale=(SCALES[0], SCALES[-1]), total=LOSSES))


def in_words(one: FirstLoss) -> str:
    """The number of classes, which tells the data sets apart."""
    return f"{one.classes} classes"


def by_heart_frame(runs: Sequence[ByHeart]) -> pd.DataFrame:
    """A row for each step and kind of samples: the share of training samples that the network gets `right`."""
    parts = [{"step": run.steps, "right": run.accuracy, "kind": run.kind, "mark": "line"} for run in runs]
    return frame_of(*parts, corners(step=(0, runs[0].steps[-1]), right=(0, 1)))


@spec_of
def first_loss_spec(names: tuple[str, ...], ink: Ink) -> Drawing:
    """`first_loss_frame` as Vega-Lite without data; `names` are those of `in_words`."""
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(values=[0.01, 0.1, 1], format="~g", labelFlush=False, grid=False)
    x = alt.X("scale:Q", scale=scale, axis=axis, title="Weight scale")
    y = alt.Y(
        "total:Q", scale=scale, axis=alt.Axis(values=[1, 10, 100, 1000], labelExpr=POWERS), title="First loss (nats)"
    )
    legend = alt.Legend(title=None, orient="top", symbolSize=70)
    color = alt.Color("classes:N", scale=alt.Scale(domain=list(names), range=list(ink.classes[:3])), legend=legend)
    shape = alt.Shape("classes:N", scale=alt.Scale(domain=list(names), range=list(SHAPES)), legend=legend)
    tooltip = [
        alt.Tooltip("data:N"),
        alt.Tooltip("classes:N"),
        alt.Tooltip("scale:Q", format="~g", title="weight scale"),
        alt.Tooltip("loss:Q", format=".4f", title="cross-entropy"),
        alt.Tooltip("total:Q", format=".4f", title="with the L2 term"),
    ]
    rules = only("rule").mark_rule(strokeDash=[5, 3], tooltip=None).encode(y, color)
    lines = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(rules, lines, points, at_corners(x, y))


@spec_of
def by_heart_spec(ink: Ink) -> Drawing:
    """`by_heart_frame` as Vega-Lite without data."""
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title="Step")
    y = alt.Y("right:Q", scale=linear(), axis=alt.Axis(format=".0%"), title="Training samples that are right")
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color("kind:N", scale=alt.Scale(domain=list(KINDS), range=[ink.train, ink.validation]), legend=legend)
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=list(KINDS), range=[[1, 0], [6, 3]]), legend=legend)
    lines = only("line").mark_line(strokeWidth=3, tooltip=None).encode(x, y, color, dash)
    return layered(lines, at_corners(x, y))
