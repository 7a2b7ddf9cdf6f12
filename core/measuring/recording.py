"""Recording: what was measured during one run, as frozen data with named axes, and why the run ended.

Everything to the right of a run (charts, tables, findings) needs a Recording and nothing else. A partial recording of a
run that still goes on is the same thing, only shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pandas as pd

from core.array import Array
from core.config import Config
from core.measuring.tables import pieces

if TYPE_CHECKING:
    import xarray as xr

SPLITS = ("train", "validation")
NO_CLASS = 255  # what a network whose outputs are NaN answers


@dataclass(frozen=True)
class End:
    """Why and where a recording ends: it is still "running", or "finished", was "stopped", or "diverged" at `step`.

    `loss` is the loss that ended a diverged run, NaN or infinite; NaN where there is none.
    """

    reason: Literal["running", "finished", "stopped", "diverged"]
    step: int
    loss: float = float("nan")


@dataclass(frozen=True)
class Baseline:
    """What is reached without looking at the inputs.

    loss: by answering how often each target comes in training. accuracy: by answering the class that comes most often,
    NaN for numbers. spreads: of numbers, the variance of the targets of the probe and of the held-out samples.
    """

    loss: float
    accuracy: float
    spreads: tuple[float, float]


@dataclass(frozen=True, eq=False)
class InputSizes:
    """How large the inputs of the probe are, feature by feature: their means (feature,) and deviations (feature,)."""

    means: Array
    deviations: Array


@dataclass(frozen=True, eq=False)
class Deaths:
    """Shares of units (layer,) that are dead on so many training samples at the end of a run, the probe included."""

    samples: int
    shares: Array


@dataclass(frozen=True)
class Plane:
    """What a network says of points in the plane, for data with two features.

    horizontal, vertical: (grid,) positions of the grid's points. prediction: (step, vertical, horizontal) class
    numbers, NO_CLASS where the network says NaN. points: (sample, 2) training samples and labels: (sample,) theirs.
    """

    horizontal: Array
    vertical: Array
    prediction: Array
    points: Array
    labels: Array


@dataclass(frozen=True)
class FittedCurve:
    """What a network says along the line, for targets that are numbers and data with one feature.

    positions: (position,). prediction: (step, position) the output there, NaN where the network says NaN. points:
    (sample,) training samples and targets: (sample,) theirs.
    """

    positions: Array
    prediction: Array
    points: Array
    targets: Array


@dataclass(frozen=True, eq=False)
class Body:
    """The network itself, where every hidden layer has few units; `core.measuring.body` finds what it does.

    state: (step, number) all parameters and running statistics, one after the other. inputs: (sample, feature) the
    probe and targets: (sample,) its classes, or (sample, output) numbers. outputs is how many the network has. ends:
    (feature, 2) of the plane or the line on which it can be seen, of data with one or two features; else (0, 2).
    pixels: rows, columns and colours where the inputs are those of a picture, else nothing.
    """

    state: Array
    inputs: Array
    targets: Array
    outputs: int
    ends: Array
    pixels: tuple[int, ...]


@dataclass(frozen=True)
class Variable:
    """One measured quantity: its values along named axes, and the words for a chart."""

    values: Array
    axes: tuple[str, ...]
    label: str
    help: str
    log: bool = False


@dataclass(frozen=True, eq=False)
class Recording:
    """A run's measurements. `data` is the xarray.Dataset with axes step, layer, unit, bin, quantile and split.

    Along the axis layer, which counts from 1, lie `layer_name`, `layer_width`, the number of units, and where there is
    a layer whose slope nobody knows, `layer_sloped`. An axis unit is as long as the widest layer; beyond the units of a
    narrower one there is NaN.

    source tells in a word what was looked at, the class of a network. probe_size and training_size are the true numbers
    of samples; classes the number of classes, 0 where the targets are numbers. A network that no Config describes has
    config None (`known_config` is for what needs one), and guess, what is reached without looking at the inputs, is
    None where nobody has found it, and so is input_sizes. deaths are known of one network whose training has finished.
    """

    variables: Mapping[str, Variable]
    coordinates: Mapping[str, tuple[str, Array]]
    end: End
    source: str
    probe_size: int
    training_size: int
    classes: int
    config: Config | None = None
    guess: Baseline | None = None
    input_sizes: InputSizes | None = None
    plane: Plane | None = None
    curve: FittedCurve | None = None
    body: Body | None = None
    deaths: Deaths | None = None

    @property
    def data(self) -> "xr.Dataset":
        """All variables with their coordinates, as an xarray.Dataset. Adding to it leaves the Recording as it is."""
        return self._dataset.copy()

    @cached_property
    def _dataset(self) -> "xr.Dataset":
        import xarray as xr

        variables = {
            name: (v.axes, v.values, {"long_name": v.label, "description": v.help, "log": int(v.log)})
            for name, v in self.variables.items()
        }
        attributes = {
            "probe_size": self.probe_size,
            "training_size": self.training_size,
            "end": self.end.reason,
            "end_step": self.end.step,
        }
        return xr.Dataset(variables, dict(self.coordinates), attributes)

    @property
    def known_config(self) -> Config:
        """The Config, for what needs one. Raises ValueError for a network that no Config describes."""
        if self.config is None:
            raise ValueError(f"this needs a Config; the recording of {self.source} has none")
        return self.config

    @property
    def steps(self) -> list[int]:
        """The steps at which the network was measured."""
        steps: list[int] = self.coordinates["step"][1].tolist()
        return steps

    @property
    def depth(self) -> int:
        """How many layers were looked at."""
        return len(self.coordinates["layer"][1])

    @property
    def layer_widths(self) -> Array:
        """How many units the layers have (layer,)."""
        return self.coordinates["layer_width"][1]

    @property
    def sloped(self) -> Array:
        """Of which layers the slope is known (layer,). Of the others, NaN is no sign of illness."""
        return self.coordinates.get("layer_sloped", ("layer", np.ones(self.depth, bool)))[1]

    @property
    def is_unit(self) -> Array:
        """Which entries (layer, unit) are units; the others fill up the rows of narrower layers."""
        known: Array = self.coordinates["unit"][1] <= self.layer_widths[:, None]
        return known

    def has(self, name: str) -> bool:
        """Whether there is what this name says: a variable, "plane", "curve", "body", "config", "guess", …"""
        return name in self.variables or getattr(self, name, None) is not None

    def bin(self, kind: str) -> int:
        """The position on the axis bin of the bin that counts what is "below" or "above" the edges, "zero" or "nan"."""
        kinds: list[str] = self.coordinates["bin_kind"][1].tolist()
        return kinds.index(kind)

    @property
    def nbytes(self) -> int:
        """Memory that the measurements take."""
        measured = sum(variable.values.nbytes for variable in self.variables.values())
        pictured = sum(picture.prediction.nbytes for picture in (self.plane, self.curve) if picture)
        return measured + pictured + (self.body.state.nbytes if self.body else 0)

    @property
    def rows(self) -> int:
        """How many rows its table has, a number each."""
        return sum(variable.values.size for variable in self.variables.values())

    def stopped(self) -> Self:
        """This recording, marked as stopped where it ends. One that has already ended stays as it is."""
        if self.end.reason != "running":
            return self
        return replace(self, end=End("stopped", self.end.step))

    def table(self) -> pd.DataFrame:
        """All numbers as one tidy table, with the columns of `tables` and `value`; empty where an axis does not apply.

        `left` and `right` are the ends of a histogram's bin; bins that have none are named in `bin_kind`.
        """
        return pd.concat(list(pieces(self.data, most=self.rows)), ignore_index=True)
