"""Recording: what was measured during one run, as frozen data with named axes, and why the run ended.

Everything to the right of a run (charts, tables, findings) needs a Recording and nothing else. A partial recording of a
run that still goes on is the same thing, only shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pandas as pd

from core.config import Config

if TYPE_CHECKING:
    import xarray as xr

Array = np.ndarray[Any, np.dtype[Any]]

SPLITS = ("train", "validation")


@dataclass(frozen=True)
class End:
    """Why and where a recording ends: it is still "running", or "finished", was "stopped", or "diverged" at `step`.

    `loss` is the loss that ended a diverged run, NaN or infinite; NaN where there is none.
    """

    reason: Literal["running", "finished", "stopped", "diverged"]
    step: int
    loss: float = float("nan")


@dataclass(frozen=True)
class Plane:
    """What a network says of points in the plane, for data with two features.

    horizontal, vertical: (grid,) positions of the grid's points. prediction: (step, vertical, horizontal) class
    numbers. points: (sample, 2) training samples and labels: (sample,) their classes.
    """

    horizontal: Array
    vertical: Array
    prediction: Array
    points: Array
    labels: Array


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

    probe_size and training_size are the true numbers of samples; classes the number of classes.
    """

    config: Config
    variables: Mapping[str, Variable]
    coordinates: Mapping[str, tuple[str, Array]]
    end: End
    probe_size: int
    training_size: int
    classes: int
    plane: Plane | None = None

    @cached_property
    def data(self) -> "xr.Dataset":
        """All variables with their coordinates, as an xarray.Dataset."""
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
    def steps(self) -> list[int]:
        """The steps at which the network was measured."""
        steps: list[int] = self.coordinates["step"][1].tolist()
        return steps

    def bin(self, kind: str) -> int:
        """The position on the axis bin of the bin that counts what is "below" or "above" the edges, "zero" or "nan"."""
        kinds: list[str] = self.coordinates["bin_kind"][1].tolist()
        return kinds.index(kind)

    @property
    def nbytes(self) -> int:
        """Memory that the measurements take."""
        own = sum(variable.values.nbytes for variable in self.variables.values())
        return own + (self.plane.prediction.nbytes if self.plane else 0)

    def stopped(self) -> Self:
        """This recording, marked as stopped where it ends. One that has already ended stays as it is."""
        if self.end.reason != "running":
            return self
        return replace(self, end=End("stopped", self.end.step))

    def table(self) -> pd.DataFrame:
        """All numbers as one tidy table: variable, step, split, layer, unit, bin, quantile, value.

        Where an axis does not apply its column is empty. Bins are named by their place ("zero", "nan", "below", ...).
        """
        names = list(self.variables)
        frames = [self.data[name].to_dataframe(name="value").reset_index() for name in names]
        tables = [frame.assign(variable=name) for frame, name in zip(frames, names, strict=True)]
        columns = ["variable", "step", "split", "layer", "unit", "quantile", "bin", "bin_kind"]
        whole = pd.concat(tables, ignore_index=True)
        for axis in ("layer", "unit", "bin"):
            whole[axis] = whole[axis].astype("Int64")
        edges = [name for name in whole if str(name).endswith(("_left", "_right"))]
        return whole[[*columns, *edges, "value"]]
