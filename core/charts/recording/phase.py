"""The phase diagram: order, chaos, the edge between them, and where the network of a Config is."""

from collections.abc import Callable, Mapping
from textwrap import fill
from typing import Literal, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.chart import Moment, chart
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.config import Config
from core.measuring import Recording
from core.networks.curves import curve
from core.theory.phase import BIASES, SIGMAS, WEIGHTS, phases, random_phases
from core.words.said import said

NOTE = 0.25  # how far up the note stands, where dots seldom are
LINE = 44  # characters of a line of a note
ROWS_OF_NAME = 4  # of the stripes, which a name in the upper corner covers
ROOM, MUCH_ROOM = 3.5, 10.0  # from its corner to the edge, as a factor of σ_w: for its one word, and for two lines
FAR = 1e30  # larger numbers than this are not written in a tooltip


class Upright(NamedTuple):
    """The vertical axis: its values and its name, the edge for each of them, and where on it a network is."""

    values: Array
    title: str
    short: str
    edge: Callable[[Config, Mapping[str, float]], Array]
    place: Callable[[Config, Mapping[str, float]], float]


CONSTANT = Upright(
    BIASES,
    "Bias init, the same for all units",
    "bias",
    lambda config, numbers: phases(curve(config), numbers.get("bias_variance", 0.0)).edge,
    lambda config, numbers: config.bias_init,
)
RANDOM = Upright(
    SIGMAS,
    "σ_b, the spread of random biases",
    "σ_b",
    lambda config, numbers: random_phases(curve(config), config.bias_init).edge,
    lambda config, numbers: numbers["bias_variance"] ** 0.5,
)


def _frame(moment: Moment, upright: Upright) -> pd.DataFrame:
    config = _at_start(moment.recording)
    (left, right), (low, high) = (WEIGHTS[[0, -1]], upright.values[[0, -1]])
    note, in_any_case = _note(config), {"x2": np.nan, "chi": np.nan, "q": np.nan, "note": "", "name": ""}
    parts: list[Columns] = [in_any_case | corners(x=(left, right), y=(low, high))]
    found = theory.predict(config)
    if not _no_edge(config):
        parts += _regions(upright.edge(config, found.numbers), upright.values)
    if not found.reason:
        parts.append(_here(upright.place(config, found.numbers), (low, high), found.numbers))
    if note:
        parts.append({"x": left, "y": low + NOTE * (high - low), "mark": "note", "note": fill(note, LINE)})
    return frame_of(*parts)


def _at_start(recording: Recording) -> Config:
    return recording.known_config.at_start()


def _regions(edge: Array, up: Array) -> list[Columns]:
    """Both sides of the edge, as stripes from side to side, the edge itself, and the names of the sides."""
    left, right = WEIGHTS[[0, -1]]
    split = np.where(np.isnan(edge), right, edge)
    is_there = ~np.isnan(edge)
    parts: list[Columns] = [
        {"x": left, "x2": split, "y": up, "mark": "order"},
        {"x": split, "x2": right, "y": up, "mark": "chaos"},
        {"x": edge[is_there], "y": up[is_there], "mark": "edge"},
    ]
    near = split[-ROWS_OF_NAME:]
    names = {
        "ordered": (left, near.min() / left, "ordered:\ngradients vanish"),
        "chaotic": (right, right / near.max(), "chaotic:\ngradients explode"),
    }
    for name, (x, room, more) in names.items():
        if room > ROOM:
            parts.append({"x": x, "y": up[-1], "mark": name, "name": said(more if room > MUCH_ROOM else name)})
    return parts


def _here(y: float, ends: tuple[float, float], numbers: Mapping[str, float]) -> Columns:
    """Where the network is: a dot, or an arrowhead at the side beyond which it lies."""
    x = numbers["weight_variance"] ** 0.5
    inside = WEIGHTS[0] <= x <= WEIGHTS[-1] and ends[0] <= y <= ends[1]
    place = {"x": np.clip(x, *WEIGHTS[[0, -1]]), "y": np.clip(y, *ends)}
    settled = numbers.get("q_star", np.nan)
    numbers = {"chi": numbers["chi"], "q": settled if settled < FAR else np.nan}
    return {**place, **numbers, "mark": "here" if inside else "beyond"}


def _note(config: Config) -> str:
    """What to say where something is missing."""
    no_dot = theory.why_not(theory.predict(config))
    return _no_edge(config) or (no_dot and said("No dot: {reason}", reason=no_dot))


def _no_edge(config: Config) -> str:
    """Why there is no edge; nothing where there is one."""
    if config.normalization != "none":
        return said("Normalization keeps the signal at one size, whatever σ_w is: there is no edge.")
    if curve(config).max_slope == 0:
        words = "{activation} has no slope, so no gradient passes it: there is no edge."
        return said(words, activation=config.activation)
    return ""


def _constant_frame(moment: Moment) -> pd.DataFrame:
    return _frame(moment, CONSTANT)


def _see(there: str) -> Callable[[Recording], dict[str, str]]:
    """What to see where there is an edge, and what else there is."""

    def see(recording: Recording) -> dict[str, str]:
        config = _at_start(recording)
        dot = "" if theory.predict(config).reason else said("The dot is this network.")
        line = "Nothing parts order from chaos here, so no line is drawn." if _no_edge(config) else there
        return {"see": " ".join(filter(None, [said(line), dot]))}

    return see


@chart(
    "Order and chaos: one bias for all units",
    see="{see}",
    fill=_see(
        "Left of the line layers forget their input and gradients vanish; right of it differences and gradients grow."
    ),
    frame=_constant_frame,
    at_step=True,
    needs=["config"],
    views={"order_and_chaos": 1},
)
def phase(scene: None, ink: Ink) -> Drawing:
    """The phase diagram of the untrained network over σ_w and its bias init, with the edge of chaos, where χ = 1."""
    return _draw(CONSTANT, ink)


def _random_frame(moment: Moment) -> pd.DataFrame:
    return _frame(moment, RANDOM)


@chart(
    "Order and chaos: random biases",
    see="{see}",
    fill=_see("The plane of the papers. Most initializers set all biases to one value, which is σ_b = 0."),
    frame=_random_frame,
    at_step=True,
    needs=["config"],
    views={"order_and_chaos": 2},
)
def phase_random(scene: None, ink: Ink) -> Drawing:
    """The phase diagram of the untrained network over σ_w and σ_b, around its bias init, with the edge of chaos."""
    return _draw(RANDOM, ink)


def _draw(upright: Upright, ink: Ink) -> Drawing:
    axis = alt.Axis(values=[0.1, 0.3, 1, 3, 10, 30], format="~g", grid=False)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=axis,
        title=said("σ_w = √(fan_in · variance of the weights)"),
    )
    y = alt.Y("y:Q", scale=linear(), axis=alt.Axis(tickCount=5, grid=False), title=said(upright.title))
    sides = {"order": ink.train, "chaos": ink.exploding}
    areas = [
        only(mark).mark_area(orient="horizontal", opacity=0.15, color=color, tooltip=None).encode(x, y, alt.X2("x2:Q"))
        for mark, color in sides.items()
    ]
    edge = only("edge").mark_line(color=ink.text, strokeWidth=2, tooltip=None).encode(x, y, alt.Order("y:Q"))
    names = [
        _name(x, y, "ordered", "left", ink),
        _name(x, y, "chaotic", "right", ink),
    ]
    note = only("note").mark_text(align="left", baseline="bottom", lineBreak="\n", dx=6, dy=-6, color=ink.text)
    note = note.encode(x, y, alt.Text("note:N"), tooltip=alt.value(None))
    tooltip = [
        alt.Tooltip("x:Q", format=".3g", title=said("σ_w")),
        alt.Tooltip("y:Q", format=".3g", title=said(upright.short)),
        alt.Tooltip("chi:Q", format=".3g", title=said("χ where q settles")),
        alt.Tooltip("q:Q", format=".3g", title=said("q where it settles")),
    ]
    here = only("here").mark_point(filled=True, size=140, color=ink.validation, opacity=1, stroke=ink.behind)
    beyond = only("beyond").mark_point(shape="triangle-up", filled=True, size=140, color=ink.validation, opacity=1)
    dots = [mark.encode(x, y, tooltip=tooltip) for mark in (here, beyond)]
    return layered(*areas, edge, *names, note, *dots, at_corners(x, y))


def _name(x: alt.X, y: alt.Y, mark: str, align: Literal["left", "right"], ink: Ink) -> alt.Chart:
    """The name of one side, in the upper corner."""
    away = 6 if align == "left" else -6
    name = only(mark).mark_text(align=align, baseline="top", lineBreak="\n", dx=away, dy=6, color=ink.text)
    return name.encode(x, y, alt.Text("name:N"), tooltip=alt.value(None))  # type: ignore[no-any-return]  # altair's decorator
