"""The phase diagram: order, chaos, the edge between them, and where the network of a Config is."""

from collections.abc import Mapping
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.activations import activations
from core.charts.axes import at_corners, linear, only
from core.charts.chart import Drawing, Moment, chart, layered
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.config import Config
from core.curves import curve
from core.theory import predict
from core.theory.phase import BIASES, WEIGHTS, phases

FAR = 1e30  # larger numbers than this are not written in a tooltip


def _frame(moment: Moment) -> pd.DataFrame:
    config = moment.recording.config.at_start()
    (left, right), (low, high) = (WEIGHTS[[0, -1]], BIASES[[0, -1]])
    note, in_any_case = _note(config), {"x2": np.nan, "chi": np.nan, "q": np.nan, "note": ""}
    parts: list[Columns] = [in_any_case | corners(x=(left, right), y=(low, high))]
    theory = predict(config)
    if not _no_edge(config):
        parts += _regions(config, theory.numbers.get("bias_variance", 0.0))
    if not theory.reason:
        parts.append(_here(config, theory.numbers))
    if note:
        parts.append({"x": left, "y": low, "mark": "note", "note": note})
    return frame_of(*parts)


def _regions(config: Config, bias_variance: float) -> list[Columns]:
    """Both sides of the edge, as stripes from side to side, the edge itself, and the names of the sides."""
    edge = phases(curve(config), bias_variance).edge
    left, right = WEIGHTS[[0, -1]]
    split = np.where(np.isnan(edge), right, edge)
    is_there = ~np.isnan(edge)
    parts: list[Columns] = [
        {"x": left, "x2": split, "y": BIASES, "mark": "order"},
        {"x": split, "x2": right, "y": BIASES, "mark": "chaos"},
        {"x": edge[is_there], "y": BIASES[is_there], "mark": "edge"},
        {"x": left, "y": BIASES[-1], "mark": "ordered"},
    ]
    if is_there.any():
        parts.append({"x": right, "y": BIASES[-1], "mark": "chaotic"})
    return parts


def _here(config: Config, numbers: Mapping[str, float]) -> Columns:
    """Where the network is: a dot, or an arrowhead at the side beyond which it lies."""
    x, y = numbers["weight_variance"] ** 0.5, config.bias_init
    inside = WEIGHTS[0] <= x <= WEIGHTS[-1] and BIASES[0] <= y <= BIASES[-1]
    place = {"x": np.clip(x, *WEIGHTS[[0, -1]]), "y": np.clip(y, *BIASES[[0, -1]])}
    settled = numbers.get("q_star", np.nan)
    numbers = {"chi": numbers["chi"], "q": settled if settled < FAR else np.nan}
    return {**place, **numbers, "mark": "here" if inside else "beyond"}


def _note(config: Config) -> str:
    """What to say where something is missing."""
    return _no_edge(config) or (predict(config).reason and f"No dot: {predict(config).reason}")


def _no_edge(config: Config) -> str:
    """Why there is no edge; nothing where there is one."""
    if config.normalization != "none":
        return "Normalization keeps the signal at one size, whatever σ_w is: there is no edge."
    if curve(config).max_slope == 0:
        return f"{config.activation} has no slope, so no gradient passes it: there is no edge."
    if activations[config.activation].pieces > 1:
        return f"A unit of {config.activation} has several linear functions: no edge is known here."
    return ""


@chart(
    "Order and chaos",
    see="Left of the line, deep networks forget their input and gradients vanish; right of it both explode. "
    "All units share one bias here; the papers draw it at random.",
    frame=_frame,
    at_step=True,
)
def phase(scene: None, ink: Ink) -> Drawing:
    """The phase diagram of the untrained network over σ_w and the bias, with the edge of chaos, where χ = 1."""
    axis = alt.Axis(values=[0.1, 0.3, 1, 3, 10, 30], format="~g", grid=False)
    x = alt.X(
        "x:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="σ_w = √(fan_in · variance of the weights)"
    )
    y = alt.Y("y:Q", scale=linear(), axis=alt.Axis(tickCount=5, grid=False), title="Bias init")
    sides = {"order": ink.train, "chaos": ink.exploding}
    areas = [
        only(mark).mark_area(orient="horizontal", opacity=0.15, color=color, tooltip=None).encode(x, y, alt.X2("x2:Q"))
        for mark, color in sides.items()
    ]
    edge = only("edge").mark_line(color=ink.text, strokeWidth=2, tooltip=None).encode(x, y, alt.Order("y:Q"))
    names = [
        _words(x, y, "ordered", "ordered: gradients vanish", "left", ink),
        _words(x, y, "chaotic", "chaotic: gradients explode", "right", ink),
    ]
    note = only("note").mark_text(align="left", baseline="bottom", dx=6, dy=-6, color=ink.text, limit=380, tooltip=None)
    tooltip = [
        alt.Tooltip("x:Q", format=".3g", title="σ_w"),
        alt.Tooltip("y:Q", format=".3g", title="bias"),
        alt.Tooltip("chi:Q", format=".3g", title="χ where q settles"),
        alt.Tooltip("q:Q", format=".3g", title="q where it settles"),
    ]
    here = only("here").mark_point(filled=True, size=140, color=ink.validation, opacity=1, stroke=ink.behind)
    beyond = only("beyond").mark_point(shape="triangle-up", filled=True, size=140, color=ink.validation, opacity=1)
    dots = [mark.encode(x, y, tooltip=tooltip) for mark in (here, beyond)]
    return layered(*areas, edge, *names, note.encode(x, y, alt.Text("note:N")), *dots, at_corners(x, y))


def _words(x: alt.X, y: alt.Y, mark: str, text: str, align: Literal["left", "right"], ink: Ink) -> alt.Chart:
    """The name of one side, in the upper corner."""
    away = 6 if align == "left" else -6
    words = only(mark).mark_text(text=text, align=align, baseline="top", dx=away, dy=6, color=ink.text, tooltip=None)
    return words.encode(x, y)  # type: ignore[no-any-return]  # altair's decorator
