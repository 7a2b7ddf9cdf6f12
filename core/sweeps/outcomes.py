"""Outcomes: what became of each run of a sweep, as one number.

One decorated function is one outcome: it reduces what was measured last of every run (an xarray.Dataset without the
axis step) to one number a run. Runs that are not known yet are NaN. Of a run that diverged nothing is left to measure:
its outcome is `lost`, infinite unless the outcome says otherwise, so that medians over seeds stay honest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log
from typing import TYPE_CHECKING

import numpy as np

from core.registry import Registry

if TYPE_CHECKING:
    import xarray as xr

Reduction = Callable[["xr.Dataset"], "xr.DataArray"]


@dataclass(frozen=True)
class Outcome:
    """A number of each run. `needs` are the measures it is made of; `ends` what the colours run between, in powers of
    ten where `log`; `good` says whether "high" or "low" numbers are good, or those in the "middle"; `lost` is the
    number of a run that diverged; `classes` says whether it is made for classes alone."""

    function: Reduction
    label: str
    needs: tuple[str, ...]
    ends: tuple[float, float]
    good: str
    log: bool
    lost: float
    classes: bool

    def __call__(self, sweep: "xr.Dataset") -> "xr.DataArray":
        """The outcome of every run of a sweep."""
        values = self.function(last(sweep)).where(sweep["end"] != "diverged", self.lost)
        known: xr.DataArray = sweep["measured"].any("step")
        return values.where(known)


outcomes: Registry[Outcome] = Registry("outcome")


def outcome(
    label: str,
    *,
    ends: tuple[float, float],
    good: str,
    needs: tuple[str, ...] = (),
    log: bool = False,
    lost: float = inf,
    classes: bool = False,
) -> Callable[[Reduction], Outcome]:
    """Register the decorated function as an outcome."""

    def register(function: Reduction) -> Outcome:
        entry = Outcome(function, label, needs, ends, good, log, lost, classes)
        return outcomes.add(function.__name__, entry, function.__doc__)

    return register


def last(sweep: "xr.Dataset") -> "xr.Dataset":
    """What was measured last of every run, at its final step unless it diverged: without the axis step."""
    import xarray as xr

    position = (sweep["measured"] * xr.DataArray(np.arange(sweep.sizes["step"]), dims="step")).argmax("step")
    taken: xr.Dataset = sweep.isel(step=position)
    return taken


@outcome("Held-out loss", ends=(0.0, 1.5 * log(10)), good="low")
def loss(last: "xr.Dataset") -> "xr.DataArray":
    """The loss on held-out samples at the end. Infinite where the run diverged."""
    values: xr.DataArray = last["loss"].sel(split="validation")
    return values


@outcome("Held-out accuracy", ends=(0.0, 1.0), good="high", lost=0.0, classes=True)
def accuracy(last: "xr.Dataset") -> "xr.DataArray":
    """The share of held-out samples that the network gets right at the end. 0 where the run diverged."""
    values: xr.DataArray = last["accuracy"].sel(split="validation")
    return values


@outcome("Dead units", ends=(0.0, 1.0), good="low", needs=("dead_fraction",))
def dead(last: "xr.Dataset") -> "xr.DataArray":
    """The share of all hidden units that are dead at the end, judged on the probe. Infinite where the run diverged."""
    shares: xr.DataArray = last["dead_fraction"].mean("layer")
    return shares


@outcome("Gradient, first ÷ last layer", ends=(-4.0, 4.0), good="middle", needs=("gradient_rms",), log=True)
def gradient_ratio(last: "xr.Dataset") -> "xr.DataArray":
    """The RMS of dL/dz at the first hidden layer over that at the last one, at the end. Far below 1 it vanishes.

    Infinite where the run diverged, NaN without a hidden layer.
    """
    gradient = last["gradient_rms"]
    if not gradient.sizes["layer"]:
        return last["loss"].isel(split=0, drop=True) * np.nan
    depth = setting(last, "depth")  # networks of different depths may lie side by side
    ratio: xr.DataArray = gradient.isel(layer=0, drop=True) / gradient.isel(layer=(depth - 1).clip(0))
    return ratio.where(depth > 0)


@outcome("Diverged runs", ends=(0.0, 1.0), good="low", lost=1.0)
def diverged(last: "xr.Dataset") -> "xr.DataArray":
    """Whether the loss became NaN or infinite: 1 if it did. Over seeds, the share of runs that did."""
    ended: xr.DataArray = last["end"] == "diverged"
    return ended.astype(float)


def setting(sweep: "xr.Dataset", name: str) -> "xr.DataArray":
    """A field of the Config of every run."""
    import xarray as xr

    return sweep[name] if name in sweep.coords else xr.DataArray(sweep.attrs[name])


def over_seeds(name: str, sweep: "xr.Dataset") -> "xr.DataArray":
    """An outcome for each cell of a grid: the median over the seeds known so far; for `diverged` their share."""
    values = outcomes[name](sweep)
    if "seed" not in values.dims:
        return values
    middle: xr.DataArray = values.mean("seed") if name == "diverged" else values.median("seed")
    return middle
