"""What batch norm does: pre-activations by layer, one sample in many batches, and accuracy over learning rates."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, lost_mark, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.batch_norm import KINDS, RATES, TRAINED, Answers, PreActivations

PEAK = 0.85  # height of a ridge, of the distance between two layers
NORMAL_PEAK = 1 / np.sqrt(2 * np.pi)
WORTH_SAYING = 0.01  # smaller shares are not written beside a ridge
ANSWERS, ANSWER_BIN = 7.125, 0.25  # the end of the axis of answers on both sides of 0, and the width of a bin
ROOM = 1.3  # beyond the smallest and the largest rate, as a factor


def pre_activation_frame(found: PreActivations) -> pd.DataFrame:
    """A ridge for each layer, from `base` to `top`, the normal curve N(0, 1) in its scale, and what lies off the axis.

    `share` is that of the pre-activations in the bin around `x`. The higher of ridge and normal curve is PEAK high.
    PEAK.
    """
    layers, bins = found.shares.shape
    layer, x = np.arange(1, layers + 1), (found.edges[:-1] + found.edges[1:]) / 2
    density = found.shares / np.diff(found.edges)
    height = PEAK / np.maximum(density.max(1, keepdims=True), NORMAL_PEAK)
    normal = NORMAL_PEAK * np.exp(-(x**2) / 2)
    rows = np.repeat(layer, bins)
    place = {"layer": rows, "x": np.tile(x, layers), "base": rows}
    ridges = {**place, "top": rows - (height * density).ravel(), "share": found.shares.ravel(), "mark": "ridge"}
    curves = {**place, "top": rows - (height * normal).ravel(), "mark": "normal"}
    words = [f"{share:.0%} off the axis" if share > WORTH_SAYING else "" for share in found.beyond]
    notes = {"layer": layer, "x": found.edges[-1], "top": layer - PEAK, "note": words, "mark": "note"}
    ends = corners(x=(float(found.edges[0]), float(found.edges[-1])), base=(0.05, layers + 0.1))
    return frame_of(ridges, curves, notes, ends)


def answers_frame(answers: Answers) -> pd.DataFrame:
    """A row for each bin of the answers in training, from `x` to `x2`, and one for the answer in use.

    The axes end at the same places for all answers, so that they can be compared.
    """
    edges = np.arange(-ANSWERS, ANSWERS + ANSWER_BIN / 2, ANSWER_BIN)
    shares = np.histogram(answers.in_training, edges)[0] / len(answers.in_training)
    filled = shares > 0
    bars = {"x": edges[:-1][filled], "x2": edges[1:][filled], "share": shares[filled], "mark": "bar"}
    used = {"x": answers.in_use, "mark": "used"}
    return frame_of(bars, used, corners(x=(-ANSWERS, ANSWERS), share=(0.0, 1.0)))


def trained_frame(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `core.experiments.batch_norm.trained`; `mark` is "lost" where more than half of the runs diverged."""
    lost = (table["diverged"] > 0.5).to_numpy(bool)
    numbers = {name: table[name].to_numpy(float) for name in ("rate", "accuracy", "dead", "diverged")}
    told = {"kind": table["kind"].tolist(), "mark": np.where(lost, "lost", "line").tolist()}
    return frame_of({**numbers, **told}, corners(rate=(RATES[0] / ROOM, RATES[-1] * ROOM), accuracy=(0.0, 1.0)))


@spec_of
def pre_activation_spec(ink: Ink) -> Drawing:
    """`pre_activation_frame` as Vega-Lite without data."""
    x = alt.X("x:Q", scale=linear(), title="Sum z, as the activation is given it")
    axis = alt.Axis(format="d", tickMinStep=1, ticks=False, domain=False)
    base = alt.Y("base:Q", scale=linear(reverse=True), axis=axis, title="Hidden layer")
    color = alt.Color("layer:Q", scale=ink.layers(), legend=None)
    ridges = only("ridge").mark_area(interpolate="monotone", opacity=0.75, tooltip=None)
    ridges = ridges.encode(x, base, alt.Y2("top:Q"), color, alt.Detail("layer:Q"))
    normal = only("normal").mark_line(color=ink.text, strokeWidth=1.2, strokeDash=[3, 2], tooltip=None)
    normal = normal.encode(x, alt.Y("top:Q", title="Hidden layer"), alt.Detail("layer:Q"))
    words = only("note").mark_text(align="right", baseline="top", dx=-2, fontSize=11, color=ink.text, tooltip=None)
    words = words.encode(x, alt.Y("top:Q", title="Hidden layer"), alt.Text("note:N"))
    return layered(ridges, normal, words, at_corners(x, base))


@spec_of
def answers_spec(ink: Ink) -> Drawing:
    """`answers_frame` as Vega-Lite without data."""
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False, tickCount=8), title="Answer to the one sample")
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format="%", tickCount=5), title="Share of the batches")
    tooltip = [
        alt.Tooltip("x:Q", format=".2f", title="from"),
        alt.Tooltip("x2:Q", format=".2f", title="to"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    bars = only("bar").mark_bar(color=ink.train, opacity=0.85, binSpacing=0)
    bars = bars.encode(x, alt.X2("x2:Q"), y, alt.Y2Datum(0), tooltip=tooltip)
    rule = only("used").mark_rule(color=ink.validation, strokeWidth=2, strokeDash=[6, 3])
    rule = rule.encode(x, tooltip=[alt.Tooltip("x:Q", format=".3f", title="in use")])
    words = only("used").mark_text(text="in use", align="left", baseline="top", dx=5, fontSize=12, color=ink.text)
    words = words.encode(x, y=alt.value(0), tooltip=alt.value(None))
    return layered(bars, rule, words, at_corners(x, y))


@spec_of
def trained_spec(ink: Ink) -> Drawing:
    """`trained_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=list(RATES), format="~g", grid=False, labelOverlap=True)
    x = alt.X("rate:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="Learning rate")
    y = alt.Y("accuracy:Q", scale=linear(), axis=alt.Axis(format=".0%"), title="Accuracy on held-out samples")
    domain, legend = list(KINDS.values()), alt.Legend(title=None, orient="top", columns=1, symbolSize=80)
    color = alt.Color("kind:N", scale=alt.Scale(domain=domain, range=[ink.validation, ink.train]), legend=legend)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=domain, range=["circle", "square"]), legend=legend)
    size = alt.Size("kind:N", scale=alt.Scale(domain=domain, range=[150, 60]), legend=None)  # one behind the other
    tooltip = [
        alt.Tooltip("kind:N"),
        alt.Tooltip("rate:Q", format="~g", title="learning rate"),
        alt.Tooltip("accuracy:Q", format=".1%"),
        alt.Tooltip("dead:Q", format=".1%", title=f"dead units, on {TRAINED.probe_size} samples"),
        alt.Tooltip("diverged:Q", format=".0%", title="diverged"),
    ]
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, opacity=1).encode(x, y, color, shape, size, tooltip=tooltip)
    return layered(lines, points, lost_mark(x, y, ink), at_corners(x, y))
