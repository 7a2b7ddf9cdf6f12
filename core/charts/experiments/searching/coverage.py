"""How a search covers its space: points in a square, seen from one side, and how far they end from the optimum."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import readable
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

STRATEGIES = {"grid": "grid", "random": "random"}
DOTTED = "On average. Marks are simulated, dotted lines formulas. Random search does not mind knobs of no use. "
SOLID = "On average, simulated. The more knobs matter, the farther both end. "
NEARER = "Nearer to the optimum: {nearer}."

GAP = 1.15  # from the left side of one square to that of the next
FOOT = -0.08  # where the projections stand, below the squares
TOP = 1.1  # where the words stand, above them
NEAREST, FARTHEST = 0.003, 1.0  # the ends of the axis of distances


def square_frame(tried: "xr.Dataset") -> pd.DataFrame:
    """A row for each trial of each strategy, in squares side by side: its place, and `away`, how far it is from the
    optimum along the knob that matters. Then the optimum, the best share, the squares, and the words above them."""
    parts: list[Columns] = []
    for place, strategy in enumerate(tried["strategy"].values.tolist()):
        parts += _side(tried.sel(strategy=strategy).dropna("trial", subset=["away"]), place * GAP)
    return frame_of(*parts, corners(x=(0, 1 + GAP * (tried.sizes["strategy"] - 1)), y=(2 * FOOT, 1.2)))


def _side(one: "xr.Dataset", left: float) -> Iterator[Columns]:
    """The square of one strategy, whose left side is at `left`."""
    x, y = one["point"].transpose("knob", "trial").values
    low, high, optimum = (left + one[name].item() for name in ("low", "high", "optimum"))
    strategy = said(STRATEGIES[one["strategy"].item()])
    mark = np.where(one["nearest"], "nearest", "trial")
    yield {"x": left + x, "y": y, "foot": FOOT, "away": one["away"].values, "strategy": strategy, "mark": mark}
    yield {"x": left + np.unique(x), "y": FOOT, "strategy": strategy, "mark": "value"}
    yield {"x": optimum, "y": FOOT, "top": 1.0, "mark": "optimum"}
    yield {"x": low, "right": high, "y": 0.0, "top": 1.0, "mark": "best"}
    yield {"x": left, "right": left + 1, "y": 0.0, "top": 1.0, "mark": "square"}
    yield {"x": left + 0.5, "y": TOP, "words": _words(strategy, one["values"].item()), "mark": "words"}


def _words(strategy: str, values: int) -> str:
    template = "{strategy}: {values} values" if values > 1 else "{strategy}: {values} value"
    return said(template, strategy=strategy, values=values)


def distances_frame(found: "xr.Dataset") -> pd.DataFrame:
    """A row for each strategy and number of knobs: the mean distance, simulated, and `expected` by the formulas."""
    parts: list[Columns] = []
    knobs = found["knobs"].values
    for strategy in found["strategy"].values.tolist():
        measured, expected = (found[name].sel(strategy=strategy).values for name in ("measured", "expected"))
        known, words = np.isfinite(expected), said(STRATEGIES[strategy])
        dots = {"knobs": knobs, "distance": measured, "expected": expected, "strategy": words}
        line = {"knobs": knobs[known], "distance": expected[known], "strategy": words}
        parts += [{**dots, "mark": "line"}, {**line, "mark": "theory"}]
    return frame_of(*parts, corners(knobs=(knobs[0] - 0.3, knobs[-1] + 0.3), distance=(NEAREST, FARTHEST)))


def _nearer(found: "xr.Dataset") -> str:
    """Which of the strategies ends nearer, and with how many knobs."""
    told = [
        said("{strategy} with {knobs}", strategy=said(words), knobs=_listed(found["knobs"].values[won]))
        for strategy, words in STRATEGIES.items()
        if (won := found["nearer"].sel(strategy=strategy).values).any()
    ]
    return ", ".join(told)


def _listed(knobs: Array) -> str:
    """1 knob; 1 and 2 knobs; 1, 2 and 4 knobs."""
    *some, last = knobs.tolist()
    if not some:
        return said("1 knob") if last == 1 else said("{last} knobs", last=last)
    return said("{some} and {last} knobs", some=", ".join(map(str, some)), last=last)


def _away(tried: "xr.Dataset") -> dict[str, Any]:
    """How far each strategy ends from the best value, in words, and how many trials it has."""
    each = zip(tried["strategy"].values.tolist(), tried["distance"].values.tolist(), strict=True)
    first, second = (f"{said(STRATEGIES[strategy])} {readable(distance)}" for strategy, distance in each)
    return {"first": first, "second": second, "trials": tried.sizes["trial"]}


def _squares() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.searching.coverage import square

    return ((square(trials, draw, 0.05),) for trials, draw in ((3, 0), (60, 1)))


def _distances() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.searching.coverage import MATTER, distances

    return ((distances(9, matter),) for matter in MATTER)


@picture(
    "Seen from below",
    see="Of two knobs one matters. Ticks are its values, the band is the best share of the square, around the best "
    "value, dashed. Diamonds come nearest to that: {first} and {second} away.",
    alt="The points of a grid and of random search with {trials} trials in a square, projected on one side.",
    fill=_away,
    frame=square_frame,
    examples=_squares,
)
def square(ink: Ink) -> Drawing:
    """The points of a grid and of random search in a square, projected on one side."""
    bare = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    x = alt.X("x:Q", scale=linear(), axis=bare, title=said("The knob that matters"))
    y = alt.Y("y:Q", scale=linear(), axis=bare, title=said("The other knob"))
    tooltip = [alt.Tooltip("away:Q", format=".3f", title=said("from the optimum"))]
    color, shape = _told_apart(ink, legend=None)
    sides = only("square").mark_rect(filled=False, stroke=ink.faint, strokeWidth=1, tooltip=None)
    best = only("best").mark_rect(color=ink.alive, opacity=0.3, tooltip=None)
    drops = only("trial").mark_rule(color=ink.faint, opacity=0.35, tooltip=None).encode(x, y, alt.Y2("foot:Q"))
    near = only("nearest").mark_rule(color=ink.text, tooltip=None).encode(x, y, alt.Y2("foot:Q"))
    optimum = only("optimum").mark_rule(color=ink.text, strokeDash=[5, 3], strokeWidth=2, tooltip=None)
    values = only("value").mark_tick(orient="vertical", thickness=2, size=14, tooltip=None)
    trials = only("trial").mark_point(filled=True, size=55, opacity=1)
    nearest = only("nearest").mark_point(filled=True, shape="diamond", size=140, color=ink.text, opacity=1)
    words = only("words").mark_text(color=ink.text, fontSize=13, tooltip=None).encode(x, y, alt.Text("words:N"))
    return layered(
        *(box.encode(x, y, alt.X2("right:Q"), alt.Y2("top:Q")) for box in (best, sides)),
        drops,
        near,
        optimum.encode(x, y, alt.Y2("top:Q")),
        values.encode(x, y, color),
        trials.encode(x, y, color, shape, tooltip=tooltip),
        nearest.encode(x, y, tooltip=tooltip),
        words,
        at_corners(x, y),
    )


@picture(
    "How far from the best",
    see=lambda found: (DOTTED if np.isfinite(found["expected"]).all() else SOLID) + NEARER,
    fill=lambda found: {"nearer": _nearer(found), "trials": found.attrs["trials"]},
    alt="Mean distance to the optimum over the number of knobs, for a grid and random search of {trials} trials.",
    frame=distances_frame,
    scene=lambda found: (tuple(found["knobs"].values.tolist()),),
    examples=_distances,
)
def distances(knobs: tuple[int, ...], ink: Ink) -> Drawing:
    """Mean distance to the optimum over the number of knobs, for a grid and random search."""
    axis = alt.Axis(values=list(knobs), format="d", grid=False)
    x = alt.X("knobs:Q", scale=linear(), axis=axis, title=said("Knobs that are searched"))
    scale, ticks = alt.Scale(type="log", nice=False), alt.Axis(values=[0.003, 0.01, 0.03, 0.1, 0.3, 1], format="~g")
    y = alt.Y("distance:Q", scale=scale, axis=ticks, title=said("Mean distance to the optimum"))
    color, shape = _told_apart(ink, alt.Legend(title=None, orient="top", symbolSize=80))
    tooltip = [
        alt.Tooltip("knobs:Q", title=said("knobs")),
        alt.Tooltip("strategy:N", title=said("strategy")),
        alt.Tooltip("distance:Q", format=".3f", title=said("simulated")),
        alt.Tooltip("expected:Q", format=".3f", title=said("formula")),
    ]
    theory = only("theory").mark_line(strokeDash=[2, 3], strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=70, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(theory, points, at_corners(x, y))


def _told_apart(ink: Ink, legend: alt.Legend | None) -> tuple[alt.Color, alt.Shape]:
    """The strategies by colour and shape."""
    colors = alt.Scale(domain=[said(words) for words in STRATEGIES.values()], range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=[said(words) for words in STRATEGIES.values()], range=["square", "circle"])
    return (
        alt.Color("strategy:N", scale=colors, legend=legend),
        alt.Shape("strategy:N", scale=shapes, legend=legend),
    )
