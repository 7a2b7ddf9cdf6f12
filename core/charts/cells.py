"""Cells: where the units of a network stand that is drawn as a body, what they are, and pictures of what they do.

Columns are layers, the inputs 0 and the outputs last, each centred; cells are squares whatever the place is like.
"""

from json import dumps
from typing import Any, NamedTuple

import altair as alt
import numpy as np

from core.array import Array
from core.charts import raster
from core.charts.axes import layer_axis, only
from core.measuring import Recording
from core.measuring.body import NARROW, known_body
from core.words.said import said

STATES = ("alive", "saturated", "dead", "lost")
MOSTLY = 0.5  # of the samples: a unit that is nearly flat on more of them is saturated
# Pixels a side of what a unit sees, by how many cells there are at most.
RESOLUTIONS = {40: 24, 100: 16, 160: 12, 280: 8}
SIDE = 0.84  # of the room of a cell
HEAD = 0.6  # room above and below the cells, in cells
WEIGHT_COLOURS = 3.0  # standard deviations of He's weights at which their colours are full


class BodyScene(NamedTuple):
    """How many cells the columns have (0 where a column is not drawn), of how many rows and columns of pixels the
    pictures in them are (none where there are none), and how many samples the probe has."""

    inputs: int
    depth: int
    width: int
    outputs: int
    seen: tuple[int, ...]
    pixels: tuple[int, ...]
    probe_size: int

    @property
    def sizes(self) -> list[int]:
        """How many cells each column has."""
        return [self.inputs, *[self.width] * self.depth, self.outputs]

    @property
    def first(self) -> int:
        """The first column: the inputs, or layer 1."""
        return 0 if self.inputs else 1

    @property
    def last(self) -> int:
        """The last column: the outputs, or the last layer."""
        return self.depth + bool(self.outputs)


def scene_of(recording: Recording) -> BodyScene:
    """What a drawing of this body depends on."""
    body, config = known_body(recording), recording.known_config
    features = body.inputs.shape[1]
    inputs, outputs = (count if count <= NARROW else 0 for count in (features, body.outputs))
    cells = inputs + config.depth * config.width + outputs
    side = next((pixels for most, pixels in RESOLUTIONS.items() if cells <= most), 0)
    seen = (side if len(body.ends) > 1 else 1, side) if len(body.ends) and side else ()
    return BodyScene(inputs, config.depth, config.width, outputs, seen, body.pixels[:2], recording.probe_size)


def full_weight(recording: Recording) -> float:
    """The size from which on a weight of the first layer has its full colour."""
    return WEIGHT_COLOURS * float(np.sqrt(2 / known_body(recording).inputs.shape[1]))


def pictures_of(values: Array, full: float, size: tuple[int, ...]) -> list[str]:
    """A picture of this size of each row of the values."""
    return list(map(raster.closing, raster.levels(values, full).reshape(-1, *size)))


def shares_of(recording: Recording, row: int) -> tuple[Array, Array]:
    """On which share of the probe units are active, and on which φ is nearly flat (layer, unit)."""
    active, flat = (recording.variables[f"unit_{name}_fraction"].values[row] for name in ("active", "saturated"))
    return active, flat


def states_of(active: Array, flat: Array) -> Array:
    """What units are: "dead", "saturated", "lost" where that is NaN, else "alive". Of shares of the probe."""
    nearly = flat + active - 1 > MOSTLY
    kinds = [np.isnan(active), active == 0, nearly]
    return np.select(kinds, ["lost", "dead", "saturated"], "alive")


class Axes:
    """Where things are: `x` and `y` of cells, and `side`, how large they are, in pixels, as Vega finds it."""

    def __init__(self, scene: BodyScene) -> None:
        half = max(scene.sizes) / 2 + HEAD
        across, down = [scene.first - 0.5, scene.last + 0.5], [-half, half]
        self.scene = scene
        scale = alt.Scale(domain=across, nice=False, zero=False)
        self.x = alt.X("layer:Q", scale=scale, axis=_axis(scene), title=said("Hidden layer"))
        self.y = alt.Y("y:Q", scale=alt.Scale(domain=down, nice=False, reverse=True), axis=None)
        self.side = f"{SIDE} * min(width / {across[1] - across[0]}, height / {2 * half})"

    def place(self, unit: str, layer: str) -> str:
        """The place of a unit of a layer on the vertical axis: columns are centred."""
        scene = self.scene
        count = f"{layer} == 0 ? {scene.inputs} : {layer} > {scene.depth} ? {scene.outputs} : {scene.width}"
        return f"{unit} - (({count}) + 1) / 2"

    def placed(self, chart: alt.Chart) -> alt.Chart:
        """The chart with the places of its cells."""
        return chart.transform_calculate(y=self.place("datum.unit", "datum.layer"))

    def squares(self, mark: str, **looks: Any) -> alt.Chart:
        """Squares over the cells that are drawn as this mark."""
        return self.points(mark, self.side, **looks)

    def points(self, mark: str, side: str, **looks: Any) -> alt.Chart:
        """Squares of this side in the middle of cells."""
        area = alt.ExprRef(f"pow({side}, 2)")
        points = self.placed(only(mark)).mark_point(shape="square", size=area, opacity=1, **looks)
        return points.encode(self.x, self.y)  # type: ignore[no-any-return]  # altair's decorator


def _axis(scene: BodyScene) -> alt.Axis:
    names = {scene.depth + 1: said("Output")} | ({0: said("Input")} if scene.first == 0 else {})
    words = "".join(f"datum.value == {place} ? {dumps(name)} : " for place, name in names.items())
    labels = f"{words}datum.value % 1 ? '' : format(datum.value, 'd')"
    return layer_axis(labels, "", tickMinStep=1, domain=False, grid=False, labelOverlap=True)
