"""Checks before a long training: the first loss over the size of the weights, and samples learned by heart."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"digits": "digits", "noise": "noise"}

LOSSES = (0.5, 1000.0)  # the ends of the axis of the first loss, in nats
SHAPES = ("circle", "square", "diamond")


def first_loss_frame(found: "xr.Dataset", weight_decay: float) -> pd.DataFrame:
    """A row for each scale and data set: `total`, the loss with its L2 term, and `loss` alone; the rules at ln C."""
    lines, rules = [], []
    scales = found["scale"].values
    for name in found["data"].values:
        one = found.sel(data=name)
        loss, classes = one["loss"].values, _classes(one)
        part = {"scale": scales, "total": loss + weight_decay * one["half_squares"].values, "loss": loss}
        lines.append({**part, "classes": classes, "data": str(name), "mark": "line"})
        rules.append({"total": one["expected"].item(), "classes": classes, "mark": "rule"})
    return frame_of(*lines, *rules, corners(scale=(scales[0], scales[-1]), total=LOSSES))


def _classes(one: "xr.Dataset") -> str:
    """The number of classes, which tells the data sets apart."""
    return said("{count} classes", count=one["classes"].item())


def by_heart_frame(found: "xr.Dataset") -> pd.DataFrame:
    """A row for each step and kind of samples: the share of training samples that the network gets `right`."""
    step = found["step"].values
    parts = [
        {"step": step, "right": found["accuracy"].sel(kind=kind).values, "kind": said(words), "mark": "line"}
        for kind, words in KINDS.items()
    ]
    return frame_of(*parts, corners(step=(0, step[-1]), right=(0, 1)))


def by_heart_words(found: "xr.Dataset") -> dict[str, Any]:
    """When all of each kind are right, or that the steps do not suffice for so many."""
    words: dict[str, Any] = {"samples": found.attrs["samples"]}
    for kind in found["kind"].values:
        words[kind] = _learned(found.sel(kind=kind))
    return words


def _learned(one: "xr.Dataset") -> str:
    samples, step = one.attrs["samples"], one["learned"].item()
    if np.isfinite(step):
        return said("all {samples} are right from step {step:.0f} on", samples=samples, step=step)
    return said(
        "{right} of {samples} are right after {steps} steps, too few steps for so many",
        right=round(samples * float(one["accuracy"].values[-1])),
        samples=samples,
        steps=int(one["step"].values[-1]),
    )


def _first_losses() -> Iterator[tuple["xr.Dataset", float]]:
    from core.experiments.babysitting.sanity import first_losses

    return ((first_losses(), decay) for decay in (0.0, 1.0))


def _by_heart() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.babysitting.sanity import by_heart

    return ((by_heart(samples),) for samples in (20, 800))


@picture(
    "The first loss",
    see="Dashed is ln C, the loss of equal chances for C classes. Small weights start there. Nats: with natural "
    "logarithms.",
    frame=first_loss_frame,
    scene=lambda found, decay: (tuple(found["classes"].values.tolist()),),
    examples=_first_losses,
)
def first_loss(classes: tuple[int, ...], ink: Ink) -> Drawing:
    """The loss before training over the weight scale, for data of 2, 3 and 10 classes, with rules at ln C."""
    names = [said("{count} classes", count=count) for count in classes]
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(values=[0.01, 0.1, 1], format="~g", labelFlush=False, grid=False)
    x = alt.X("scale:Q", scale=scale, axis=axis, title=said("Weight scale"))
    y = alt.Y(
        "total:Q",
        scale=scale,
        axis=alt.Axis(values=[1, 10, 100, 1000], labelExpr=POWERS),
        title=said("First loss (nats)"),
    )
    legend = alt.Legend(title=None, orient="top", symbolSize=70)
    color = alt.Color("classes:N", scale=alt.Scale(domain=names, range=list(ink.classes[:3])), legend=legend)
    shape = alt.Shape("classes:N", scale=alt.Scale(domain=names, range=list(SHAPES)), legend=legend)
    tooltip = [
        alt.Tooltip("data:N", title=said("data")),
        alt.Tooltip("classes:N", title=said("classes")),
        alt.Tooltip("scale:Q", format="~g", title=said("weight scale")),
        alt.Tooltip("loss:Q", format=".4f", title=said("cross-entropy")),
        alt.Tooltip("total:Q", format=".4f", title=said("with the L2 term")),
    ]
    rules = only("rule").mark_rule(strokeDash=[5, 3], tooltip=None).encode(y, color)
    lines = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(rules, lines, points, at_corners(x, y))


@picture(
    "Learned by heart",
    see="Digits: {digits}. Noise: {noise}. The noise has labels that mean nothing.",
    alt="The share of {samples} training samples that is right over the steps, for digits and for noise.",
    fill=by_heart_words,
    frame=by_heart_frame,
    examples=_by_heart,
)
def by_heart(ink: Ink) -> Drawing:
    """The share of training samples that is right over the steps, for digits and for noise."""
    kinds = [said(words) for words in KINDS.values()]
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title=said("Step"))
    y = alt.Y("right:Q", scale=linear(), axis=alt.Axis(format=".0%"), title=said("Training samples that are right"))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[ink.train, ink.validation]), legend=legend)
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [6, 3]]), legend=legend)
    lines = only("line").mark_line(strokeWidth=3, tooltip=None).encode(x, y, color, dash)
    return layered(lines, at_corners(x, y))
