"""The network as a body: layers as columns, units as cells, and the weights between them.

What a cell shows depends on the data. In the plane, and along a line, it is the answer of the unit there. Of pixels,
the first layer shows its weights. Everywhere else a cell is filled by samples, as in the map of units. Cells are small
pictures, see `core.charts.raster`, and stay squares in any place; weights are lines from the middle of a cell to
another, below both.
"""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.axes import named, only
from core.charts.cells import STATES, Axes, BodyScene, full_weight, pictures_of, scene_of, shares_of, states_of
from core.charts.chart import Moment, chart
from core.charts.frames import Columns, frame_of
from core.charts.ink import LEVELS, Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.measuring.body import answers_at, answers_on_probe, full_size, known_body, network_at, points_of, weights_of
from core.networks.network import Network
from core.words.numbers import roughly, short
from core.words.said import said

LINES = 400  # most weights that are drawn, of all layers together
THICK, THICKEST = 2.0, 3.0  # pixels for a weight of size 1, and the size from which on it is no thicker
FILL = 20  # rows of the picture of a filled cell

SEES = (
    "Each cell shows what its unit answers over the {place}: blue is positive, orange negative, in full colour from "
    "{full} on."
)
WEIGHS = (
    "Cells of layer 1 are their weights as pixels: blue positive, orange negative, full colour from {full} on. "
    "The others are filled by samples: green active, amber nearly flat, grey of slope 0."
)
FILLS = "Cells are filled by samples: green active, amber nearly flat (saturated), grey of slope 0."
SIGNS = (
    "Grey and crossed is dead: slope 0 on all {samples} samples. Framed in amber is saturated: nearly flat on most. "
    "Lines are {which}, as thick as large, up to ±{thickest:g}."
)


def _see(recording: Recording) -> dict[str, str]:
    scene = scene_of(recording)
    if scene.seen:
        place = said("plane") if scene.seen[0] > 1 else said("line of inputs")
        cells = said(SEES, place=place, full=short(full_size(recording.known_config)))
    else:
        cells = said(WEIGHS, full=roughly(full_weight(recording))) if scene.pixels else said(FILLS)
    which = said("weights") if _lines_a_gap(scene) >= scene.width**2 else said("the strongest weights")
    return {"see": f"{cells} {said(SIGNS, samples=scene.probe_size, which=which, thickest=THICKEST)}"}


def _frame(moment: Moment) -> pd.DataFrame:
    recording, row = moment.recording, moment.row
    scene, network = scene_of(recording), network_at(recording, row)
    shown = _seen(scene, recording, network) if scene.seen else _filled(scene, recording, network, row)
    marked = _marks(scene, recording, row)
    chosen = {"layer": moment.unit.layer, "unit": moment.unit.number, "mark": "chosen"}
    cells = [{**_column(scene, layer), **marked[layer], **shown[layer]} for layer in range(scene.first, scene.last + 1)]
    return frame_of(*_lines(scene, recording, row), *cells, chosen)


def _column(scene: BodyScene, layer: int) -> Columns:
    """The places of the cells of a column."""
    count = scene.sizes[layer]
    return {"layer": layer, "unit": np.arange(1, count + 1)}


def _seen(scene: BodyScene, recording: Recording, network: Network) -> list[Columns]:
    """Of each column what its units answer in the plane or on the line; the inputs are what they are there."""
    points, full = points_of(known_body(recording), scene.seen[1]), full_size(recording.known_config)
    answers = answers_at(network, points)
    columns = [points, *answers.hidden, answers.outputs]  # each (point, unit)
    return [{"kind": "seen", "picture": pictures_of(values.T, full, scene.seen)} for values in columns]


def _filled(scene: BodyScene, recording: Recording, network: Network, row: int) -> list[Columns]:
    """Of each column how its cells are filled: by samples, and in the first layer by weights where they are pixels."""
    layers = zip(*shares_of(recording, row), strict=True)
    filled: list[Columns] = [{"kind": "filled", "picture": list(map(_filling, *layer))} for layer in layers]
    if scene.pixels:
        filled[0] = {"kind": "weighed", "picture": _weights(scene, recording, row)}
    return [{}, *filled, _answered(recording, network)]


def _weights(scene: BodyScene, recording: Recording, row: int) -> list[str]:
    weights = weights_of(recording)[0][row].reshape(scene.width, *scene.pixels, -1).mean(-1)  # of colours the mean
    return pictures_of(weights, full_weight(recording), scene.pixels)


def _filling(active: float, flat: float) -> str:
    """Amber from above where φ is nearly flat, grey from below where its slope is 0, green the rest."""
    if np.isnan(active):
        return _stack((FILL, raster.LOST))
    grey = round(FILL * (1 - active))
    amber = min(FILL - grey, round(FILL * max(0.0, flat + active - 1)))
    return _stack((amber, raster.SATURATED), (FILL - grey - amber, raster.ALIVE), (grey, raster.DEAD))


def _stack(*parts: tuple[int, int]) -> str:
    """A picture of one column: so many pixels of each place in the palette, from above."""
    return raster.closing(np.concatenate([np.full(count, place) for count, place in parts])[:, None])


def _answered(recording: Recording, network: Network) -> Columns:
    """The cells of the outputs, filled by the samples that get this class as an answer; empty where it is a number."""
    outputs = answers_on_probe(network, known_body(recording)).outputs
    if not recording.classes or outputs.shape[1] == 1:
        return {}
    share = np.bincount(outputs.argmax(1), minlength=outputs.shape[1]) / len(outputs)
    lost = bool(np.isnan(outputs).any())
    full, empty = LEVELS - 1, LEVELS // 2
    rows = [FILL - round(FILL * each) for each in share]
    filled = [_stack((FILL, raster.LOST)) if lost else _stack((row, empty), (FILL - row, full)) for row in rows]
    return {"kind": "filled", "picture": filled}


def _lines_a_gap(scene: BodyScene) -> int:
    return LINES // (scene.last - scene.first)


def _lines(scene: BodyScene, recording: Recording, row: int) -> list[Columns]:
    """The weights between two columns, the strongest of them, thick ones last; NaN and infinity are the strongest."""
    lines = []
    for layer, every in enumerate(weights_of(recording), start=1):
        if not (scene.sizes[layer - 1] and scene.sizes[layer]):
            continue
        weights = every[row]
        sizes = np.where(np.isnan(weights), np.inf, np.abs(weights)).ravel()
        chosen = np.argsort(sizes, kind="stable")[-_lines_a_gap(scene) :]
        unit, source = np.unravel_index(chosen, weights.shape)
        weight = weights.ravel()[chosen]
        mark = np.where(np.isfinite(weight), "weight", "torn")
        lines.append({"layer": layer, "unit": unit + 1, "source": source + 1, "weight": weight, "mark": mark})
    return lines


def _marks(scene: BodyScene, recording: Recording, row: int) -> list[Columns]:
    """Of each column what its cells are drawn as, and what is said of them: units as what they are."""
    active, flat = shares_of(recording, row)
    units: list[Columns] = [
        {"mark": mark, "active": a, "flat": f} for mark, a, f in zip(states_of(active, flat), active, flat, strict=True)
    ]
    return [{"mark": "input"}, *units, {"mark": "output"}]


@chart(
    "The network as a body",
    see="{see}",
    fill=_see,
    frame=_frame,
    scene=scene_of,
    at_step=True,
    needs=["body", "config", "unit_active_fraction", "unit_saturated_fraction"],
    every=2,
    picks=STATES,
    views={"body": 1},
)
def body(scene: BodyScene, ink: Ink) -> Drawing:
    """Layers as columns, units as cells, weights as lines between them, at one step. Dead units are grey and crossed,
    saturated ones framed, NaN is red."""
    axes = Axes(scene)
    pictures = [_pictures(kind, size, axes, ink) for kind, size in _sizes(scene).items()]
    return layered(*_weight_lines(axes, ink), *_ends_named(axes, ink), *pictures, *_signs(axes, ink))


def _sizes(scene: BodyScene) -> dict[str, tuple[int, ...]]:
    """Of how many rows and columns of pixels the pictures of each kind are."""
    if scene.seen:
        return {"seen": scene.seen}
    return {"filled": (FILL, 1)} | ({"weighed": scene.pixels} if scene.pixels else {})


def _pictures(kind: str, size: tuple[int, ...], axes: Axes, ink: Ink) -> alt.Chart:
    """Cells with pictures of this size; they are smooth where they are of a smooth thing."""
    edge = alt.ExprRef(axes.side)
    placed = axes.placed(alt.Chart().transform_filter(f"datum.kind == '{kind}'"))
    pictures = raster.drawn(placed, size, ink)
    images = pictures.mark_image(width=edge, height=edge, aspect=False, smooth=kind == "seen", tooltip=None)
    return images.encode(axes.x, axes.y, alt.Url("url:N"))  # type: ignore[no-any-return]  # altair's decorator


def _weight_lines(axes: Axes, ink: Ink) -> list[alt.Chart]:
    """Lines from the cells of a column to those of the one before."""
    left = "datum.layer - 1"
    ends = {"left": left, "other": axes.place("datum.source", f"({left})")}
    thick = f"{THICK} * min(abs(datum.weight), {THICKEST})"
    place = axes.x, axes.y, alt.X2("left:Q"), alt.Y2("other:Q")
    colour = alt.condition("datum.weight > 0", alt.value(ink.positive), alt.value(ink.negative))
    tooltip = [alt.Tooltip("weight:Q", format=".3g", title=said("weight"))]
    lines, torn = (axes.placed(only(mark)).transform_calculate(**ends, thick=thick) for mark in ("weight", "torn"))
    lines = lines.mark_rule(opacity=0.55).encode(*place, alt.StrokeWidth("thick:Q", scale=None), color=colour)
    torn = torn.mark_rule(color=ink.exploding, opacity=0.5, tooltip=None)
    return [lines.encode(tooltip=tooltip), torn.encode(*place)]


def _ends_named(axes: Axes, ink: Ink) -> list[alt.Chart]:
    """Frames of inputs and outputs, and beside them their numbers: features from 1, classes from 0."""
    parts = []
    for mark, sign, number in (("input", -1, "datum.unit"), ("output", 1, "datum.unit - 1")):
        parts.append(axes.squares(mark, fill=ink.behind, stroke=ink.faint, strokeWidth=1, tooltip=None))
        beside: dict[str, Any] = {
            "dx": alt.ExprRef(f"{sign} * (4 + ({axes.side}) / 2)"),
            "align": "left" if sign > 0 else "right",
        }
        names = axes.placed(only(mark)).transform_calculate(number=number)
        names = names.mark_text(color=ink.text, fontSize=11, tooltip=None, **beside)
        parts.append(names.encode(axes.x, axes.y, alt.Text("number:Q")))
    return parts


def _signs(axes: Axes, ink: Ink) -> list[alt.Chart]:
    """What is drawn over the cells of units; it is what a click meets."""
    words = said("active, of {samples} samples", samples=axes.scene.probe_size)
    shares = {"active": words, "flat": said("saturated")}
    tooltip = [*named("layer:Q", "unit:Q"), *(alt.Tooltip(f"{n}:Q", format=".1%", title=w) for n, w in shares.items())]
    looks: dict[str, dict[str, Any]] = {
        "alive": {"fill": "transparent", "stroke": ink.faint, "strokeWidth": 1},
        "saturated": {"fill": "transparent", "stroke": ink.saturated, "strokeWidth": 4},
        "dead": {"fill": ink.dead, "stroke": ink.dead, "strokeWidth": 1},
        "lost": {"fill": ink.exploding, "stroke": ink.exploding, "strokeWidth": 1},
    }
    squares = [axes.squares(mark, cursor="pointer", **look).encode(tooltip=tooltip) for mark, look in looks.items()]
    cross = axes.placed(only("dead")).mark_text(
        text="×", color=ink.behind, fontSize=alt.ExprRef(axes.side), tooltip=None
    )
    chosen = axes.points("chosen", f"1.14 * ({axes.side})", filled=False, stroke=ink.text, strokeWidth=2, tooltip=None)
    return [*squares, cross.encode(axes.x, axes.y), chosen]
