"""Paths of optimizers over a loss of two weights, and what a step multiplies the distance from the goal by."""

from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from core.charts.axes import at_corners, linear, only
from core.charts.experiments.activation_functions import DASHES
from core.charts.frames import Columns, corners, frame_of, runs
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.experiments.optimizers.landscapes import (
    COMPARED,
    GRADIENTS,
    LANDSCAPES,
    LAST,
    LEARNING_RATES,
    PRODUCTS,
    REACHED,
    STEPS,
    first_steps,
    heights,
    largest_product,
    measured_factor,
    path_of,
    paths,
    settings,
    step_factor,
)
from core.words.numbers import spelled
from core.words.said import said

SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
REACH = (2.4, 1.8)  # of the plane, from its middle to its sides and to its top and bottom
CELLS = (96, 72)  # of the plane, across and up
LEVEL = 4.0  # a band has so many times the loss of the next lower one
BANDS = 8
OVERLAP = 1.3  # of the height of a cell, so that no seam is seen between it and the next one
FACTOR_END = 1.7  # of the axis of the factor of a step
WAYS = {
    "out": "out of the saddle",
    "flat": "flat direction",
    "steep": "steep direction",
    "any": "any direction",
}
MARKS = dict(zip(WAYS, ("diamond", "circle", "triangle-up", "square"), strict=True))
NAMES = {"valley": "valley", "turned_valley": "turned valley", "saddle": "saddle", "noisy_bowl": "noisy bowl"}
HEIGHT = 430
LEAST = 0.001  # percent of the first loss: what is less is not told apart
LEFT = (
    "Each walks {steps} steps. What is left is a mean, as some still swing; “not for good” says that it is more than "
    "{share:.0%} again."
)
ABOVE = "{optimizer} {factor:.3g} in the {direction}"
IN_VALLEYS = (
    "In the long run a step multiplies the distance from the goal by this; right of its upright line it diverges. The "
    "large marks are the valley's directions. Of each colour, the higher one decides."
)
ON_SADDLE = (
    "A step multiplies the distance from a goal by this, and left of 0 that from the saddle, which has to grow first: "
    "the path starts beside it."
)
IN_NOISE = (
    "Without noise, a step would multiply the distance from the goal by this in the long run. With noise no path comes "
    "to rest."
)


def path_frame(landscape: str, walked: xr.Dataset) -> pd.DataFrame:
    """A row for each step of each path (x, y), and for each stretch of a band of losses, from x to x2."""
    place, (x, y) = LANDSCAPES[landscape], REACH
    start = {"x": place.start[0], "y": place.start[1], "mark": "end", "what": said("start")}
    goals = [{"x": goal[0], "y": goal[1], "mark": "end", "what": said("goal")} for goal in place.goals]
    steps = [_steps(path_of(walked, name)) for name in walkers(walked)]
    return frame_of(_bands(landscape), *steps, start, *goals, corners(x=(-x, x), y=(-y, y)))


def walkers(walked: xr.Dataset) -> tuple[str, ...]:
    """The optimizers whose paths these are."""
    return tuple(walked["optimizer"].values.tolist())


def _steps(path: xr.Dataset) -> Columns:
    x, y = np.clip(path["weights"].transpose("weight", "step").values, -10 * REACH[0], 10 * REACH[0])
    share, step = path["loss"].values / path["loss"].values[0], path["step"].values
    return {"x": x, "y": y, "step": step, "loss": share, "optimizer": path["optimizer"].item(), "mark": "step"}


def _bands(landscape: str) -> Columns:
    (right, top), (columns, rows) = REACH, CELLS
    wide, high = 2 * right / columns, 2 * top / rows
    x, y = np.meshgrid(wide * np.arange(columns) - right, high * np.arange(rows) - top)
    loss = heights(landscape, x + wide / 2, y + high / 2)
    band = np.clip(np.ceil(np.log(loss.max() / loss) / np.log(LEVEL)), 1, BANDS).ravel()
    first, last = runs(band, columns)
    x1, y1 = x.ravel()[first], y.ravel()[first]
    ends = {"x2": x.ravel()[last] + wide, "y2": y1 + OVERLAP * high}
    return {"x": x1, "y": y1, **ends, "band": band[first], "mark": "band"}


def factor_frame(landscape: str, optimizers: tuple[str, ...], learning_rate: float, momentum: float) -> pd.DataFrame:
    """A row for each point of the curve of each of some of EVEN: `factor` of a step over the `product` of learning rate
    and curvature, by theory.

    The mark "measured" is what torch's SGD does, "limit" where a step is as large as it may be, and "direction" the
    directions of the landscape, or "above" where they are off the axis. What no learning rate of the landscape comes
    near is left out.
    """
    directions, ends = LANDSCAPES[landscape].directions, _products(landscape)
    fine, near = np.linspace(*ends, 181), (ends[0] <= PRODUCTS) & (ends[1] >= PRODUCTS)
    places = learning_rate * np.array(list(directions.values()))
    parts: list[Columns] = []
    for name in optimizers:
        told, who = settings(name, momentum), {"optimizer": name}
        parts.append({"product": fine, "factor": step_factor(fine, **told), **who, "mark": "theory"})
        parts.append({"product": PRODUCTS[near], "factor": measured_factor(**told)[near], **who, "mark": "measured"})
        if largest_product(**told) < ends[1]:
            parts.append({"product": largest_product(**told), **who, "mark": "limit"})
        factors = step_factor(places, **told)
        marks = np.where(factors > FACTOR_END, "above", "direction")
        parts.append(
            {
                "product": places,
                "factor": factors,
                "what": [said(WAYS[way]) for way in directions],
                "mark": marks,
                **who,
            }
        )
    parts.append({"factor": 1.0, "mark": "one"})
    frame = frame_of(*parts, corners(product=ends, factor=(0, FACTOR_END)))
    return frame.assign(shown=frame["factor"].clip(upper=FACTOR_END))


def above(frame: pd.DataFrame) -> str:
    """Which directions of a `factor_frame` are off the axis, and their factors; nothing where there are none."""
    rows = frame[frame["mark"] == "above"].itertuples()
    each = [said(ABOVE, optimizer=row.optimizer, factor=row.factor, direction=row.what) for row in rows]
    return said(" Arrows are off the axis: {each}.", each=", ".join(each)) if each else ""


def path_table(walked: xr.Dataset) -> pd.DataFrame:
    """How each path does: a row for each, with its `steps` and `at_end`, in words."""
    steps = said("Steps to {share:.0%} of the first loss", share=REACHED)
    left = said("Left of it in steps {first} to {last}", first=STEPS - LAST + 1, last=STEPS)
    each = {name: path_of(walked, name) for name in walkers(walked)}
    rows = {name: {steps: steps_of(path), left: left_of(path)} for name, path in each.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(said("Optimizer"))


def first_table() -> dict[str, list[str]]:
    """How far the first step of each optimizer goes, in learning rates, for each of GRADIENTS."""
    title, steps = "First step at gradient {gradient}", first_steps()
    columns = {
        said(title, gradient=size): [spelled(far, 4) for far in steps.sel(gradient=size).values.tolist()]
        for size in GRADIENTS
    }
    return {said("Optimizer"): steps["optimizer"].values.tolist(), **columns}


def steps_of(path: xr.Dataset) -> str:
    """How many steps a path needs, or that they were not enough, and whether the loss has grown again at the end."""
    if path["steps"] > STEPS:
        return said("not in {steps}", steps=STEPS)
    template = "{steps:.0f}, not for good" if path["at_end"] > REACHED else "{steps:.0f}"
    return said(template, steps=path["steps"].item())


def left_of(path: xr.Dataset) -> str:
    """What is left at the end in percent, or that it diverged."""
    if path["diverged"]:
        return said("diverged")
    percent = 100 * path["at_end"].item()
    if percent < LEAST:
        return said("below {least:g}%", least=LEAST)
    return f"{percent:,.0f}%" if percent >= 100 else f"{spelled(percent)}%"


def _products(landscape: str) -> tuple[float, float]:
    """The ends of the axis of learning rate times curvature: a little more than what LEARNING_RATES reach."""
    curvatures = [0.0, *LANDSCAPES[landscape].directions.values()]
    return 1.2 * LEARNING_RATES[-1] * min(curvatures), 1.05 * LEARNING_RATES[-1] * max(curvatures)


def _see(landscape: str, optimizers: tuple[str, ...], learning_rate: float, momentum: float) -> str:
    place = LANDSCAPES[landscape]
    return (ON_SADDLE if place.falls else IN_NOISE if place.noise else IN_VALLEYS) + "{above}"


def _factors(landscape: str, optimizers: tuple[str, ...], learning_rate: float, momentum: float) -> dict[str, str]:
    frame = factor_frame(landscape, optimizers, learning_rate, momentum)
    return {"above": above(frame), "optimizers": ", ".join(optimizers)}


def _walked() -> Iterator[tuple[str, xr.Dataset]]:
    return ((name, paths(name, COMPARED, 0.05, 0.9)) for name in LANDSCAPES)


def _all_factors() -> Iterator[tuple[str, tuple[str, ...], float, float]]:
    return ((name, ("sgd", "momentum", "nesterov"), rate, 0.9) for name in LANDSCAPES for rate in LEARNING_RATES[::8])


@picture(
    "Paths from one start",
    see="Each band has a quarter of the loss of the one around it. A path that leaves the picture may come back.",
    alt="The paths of optimizers over the loss of two weights: {landscape}.",
    fill=lambda landscape, walked: {"landscape": said(NAMES[landscape])},
    frame=path_frame,
    scene=lambda landscape, walked: (walkers(walked),),
    examples=_walked,
    height=HEIGHT,
)
def walks(optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """The paths of optimizers over the loss of two weights."""
    (right, top), axis = REACH, alt.Axis(values=[-2, -1, 0, 1, 2], grid=False)
    x = alt.X("x:Q", scale=alt.Scale(domain=[-right, right], nice=False), axis=axis, title=said("First weight"))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-top, top], nice=False), axis=axis, title=said("Second weight"))
    color, shape, dash = told_apart(optimizers, ink)
    tooltip = [
        alt.Tooltip("optimizer:N", title=said("optimizer")),
        alt.Tooltip("step:Q", title=said("step")),
        alt.Tooltip("loss:Q", format=".2e", title=said("loss, of that at the start")),
    ]
    grey = alt.Scale(domain=[1 - 2 * BANDS, BANDS], range=[ink.faint, ink.behind], interpolate="rgb")
    bands = only("band").mark_rect(tooltip=None)
    bands = bands.encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), alt.Fill("band:Q", scale=grey, legend=None))
    line = only("step").mark_line(strokeWidth=2, clip=True, tooltip=None)
    line = line.encode(x, y, alt.Order("step:Q"), color, dash)
    points = only("step").mark_point(filled=True, size=30, opacity=1, clip=True)
    points = points.encode(x, y, color.legend(None), shape, tooltip=tooltip)
    shapes = alt.Scale(domain=[said("start"), said("goal")], range=["diamond", "cross"])
    ends = only("end").mark_point(filled=True, size=150, color=ink.text, opacity=1)
    ends = ends.encode(x, y, alt.Shape("what:N", scale=shapes, legend=alt.Legend(title=None, orient="bottom")))
    drawing = layered(bands, line, points, ends, at_corners(x, y))
    independent: Drawing = drawing.resolve_scale(shape="independent")
    return independent


def told_apart(optimizers: tuple[str, ...], ink: Ink) -> tuple[alt.Color, alt.Shape, alt.StrokeDash]:
    """Optimizers by colour, shape and dash, each with its own whichever others there are; the legend is of lines."""
    places, names = [COMPARED.index(name) for name in optimizers], list(optimizers)
    legend = alt.Legend(title=None, orient="top", columns=2, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=400)
    colors = alt.Scale(domain=names, range=[ink.classes[place] for place in places])
    shapes = alt.Scale(domain=names, range=[SHAPES[place] for place in places])
    dashes = alt.Scale(domain=names, range=[DASHES[place] for place in places])
    return (
        alt.Color("optimizer:N", scale=colors, legend=legend),
        alt.Shape("optimizer:N", scale=shapes, legend=None),
        alt.StrokeDash("optimizer:N", scale=dashes, legend=legend),
    )


def above_mark() -> alt.Chart:
    """Arrows where something is above the axis, unlike the shapes of all optimizers and directions."""
    return only("above").mark_text(text="↑", fontSize=20, fontWeight="bold", baseline="bottom")  # type: ignore[no-any-return]


@picture(
    "How far a step may go",
    see=_see,
    alt="The factor of a step over learning rate times curvature, measured and theory: {optimizers}.",
    fill=_factors,
    frame=factor_frame,
    scene=lambda landscape, optimizers, learning_rate, momentum: (landscape, optimizers),
    examples=_all_factors,
    height=HEIGHT,
)
def factors(landscape: str, optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """The factor of a step over learning rate times curvature, measured and theory."""
    axis = alt.Axis(grid=False, tickCount=5)
    x = alt.X("product:Q", scale=linear(), axis=axis, title=said("Learning rate · curvature"))
    scale = alt.Scale(domain=[0, FACTOR_END], nice=False)
    y = alt.Y("factor:Q", scale=scale, title=said("Factor of a step"))
    inside = alt.Y("shown:Q", scale=scale, title=said("Factor of a step"))
    color, _, dash = told_apart(optimizers, ink)
    tooltip = [
        alt.Tooltip("optimizer:N", title=said("optimizer")),
        alt.Tooltip("product:Q", format=".3g", title=said("learning rate · curvature")),
        alt.Tooltip("factor:Q", format=".3f", title=said("factor")),
    ]
    one = only("one").mark_rule(color=ink.faint, tooltip=None).encode(y)
    limits = only("limit").mark_rule(strokeWidth=2, strokeDash=[2, 3], tooltip=None).encode(x, color)
    lines = only("theory").mark_line(strokeWidth=2, clip=True, tooltip=None).encode(x, y, color, dash)
    points = (
        only("measured").mark_point(filled=True, size=18, opacity=0.9, clip=True).encode(x, y, color, tooltip=tooltip)
    )
    ways = list(LANDSCAPES[landscape].directions)
    shapes = alt.Scale(domain=[said(WAYS[way]) for way in ways], range=[MARKS[way] for way in ways])
    by_direction = alt.Shape("what:N", scale=shapes, legend=alt.Legend(title=None, orient="bottom"))
    directions = only("direction").mark_point(filled=True, size=140, opacity=1, stroke=ink.text, strokeWidth=1.5)
    directions = directions.encode(
        x, inside, color, by_direction, tooltip=[alt.Tooltip("what:N", title=said("direction")), *tooltip]
    )
    beyond = above_mark().encode(x, inside, color, tooltip=[alt.Tooltip("what:N", title=said("direction")), *tooltip])
    return layered(one, limits, lines, points, directions, beyond, at_corners(x, y))
