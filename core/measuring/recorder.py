"""Tape: looks at the networks of an Ensemble again and again during their runs, and keeps what it sees.

The values of each snapshot go into arrays that were made at the first one, one row a snapshot. A row is written once,
so a partial Recording is a view of the rows so far and costs nothing.
"""

from collections.abc import Collection, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.array import Array
from core.choices.losses import Loss
from core.choices.normalizations import is_after
from core.config.chosen import phi
from core.measuring import histograms, snapshot
from core.measuring.measures import QUANTILES, closure, measures
from core.measuring.pictures import frozen, picture_of
from core.measuring.recording import SPLITS, Baseline, End, Recording, Variable
from core.networks.data import Data
from core.networks.ensemble import Ensemble

if TYPE_CHECKING:
    import xarray as xr

SCORES = {
    "loss": (
        "Loss",
        "Mean loss on the probe (train) and on the held-out samples (validation); cross-entropy is in nats.",
    ),
    "accuracy": ("Accuracy", "Share of samples classified correctly, of the probe and of the held-out samples."),
}


class Tape:
    """The measurements of an Ensemble. `names` are the measures to take, all of them unless told otherwise.

    One network alone is looked at once more where it diverges. Of many, those that diverged have no looks after that:
    a look at all of them at each such step would cost as much as all the others.
    """

    def __init__(self, ensemble: Ensemble, names: Collection[str] | None = None) -> None:
        self.ensemble = ensemble
        self._config, self._data, self._network = ensemble.configs[0], ensemble.data, ensemble.network
        self._names = tuple(measures if names is None else [name for name in measures if name in names])
        self._wanted = closure(self._names)
        self._loss = ensemble.loss
        self._scores = tuple(SCORES) if self._data.classes else ("loss",)
        self._capacity = min(self._config.snapshots, self._config.steps + 1) + 1  # one for where a run diverges
        self._steps: list[int] = []
        self._arrays: dict[str, Array] = {}
        self._measured: list[Array] = []  # for each row, of which runs it is
        self._ends: list[End | None] = [None] * len(ensemble.configs)
        self._bins: dict[str, histograms.Bins] = {}
        self._picture = picture_of(self._data, ensemble.loss) if ensemble.alone else None

    @property
    def running(self) -> bool:
        """Whether any run has not ended yet."""
        return None in self._ends

    def write(self, step: int, updates: Mapping[Tensor, Tensor]) -> None:
        """Measure the networks as they are after `step` updates, of which `updates` are the last, by parameter.

        Runs whose loss on the probe is NaN or infinite end here.
        """
        losses = self._write(step, updates, self._still_running())
        self._end(step, losses)

    def diverged(self, step: int, losses: Tensor, updates: Mapping[Tensor, Tensor]) -> bool:
        """End the runs whose `losses` are NaN or infinite. Whether there were any."""
        batch_losses = losses.numpy(force=True).reshape(-1)
        ending = self._still_running() & ~np.isfinite(batch_losses)
        if not ending.any():
            return False
        if self.ensemble.alone and self._steps[-1] != step:
            self._write(step, updates, ending)
        self._end(step, batch_losses)
        return True

    def close(self, step: int) -> None:
        """All runs that are still running have finished at this step."""
        self._ends = [end or End("finished", step) for end in self._ends]

    def _still_running(self) -> Array:
        return np.array([end is None for end in self._ends])

    def _end(self, step: int, losses: Array) -> None:
        for run, loss in enumerate(losses.tolist()):
            if self._ends[run] is None and not isfinite(loss):
                self._ends[run] = End("diverged", step, loss)

    def _write(self, step: int, updates: Mapping[Tensor, Tensor], runs: Array) -> Array:
        """Write a row that is of these runs. Returns the losses on the probe (run,)."""
        seen, train = snapshot.probe(
            self._network, self._loss, self._data.probe_inputs, self._data.probe_targets, self._wanted
        )
        if not self._bins:
            self._bins = self._choose_bins(seen.get("ordered_activation"))
        weights = self._network.weights[:-1]
        update = [updates.get(weight, torch.full_like(weight, torch.nan)) for weight in weights]
        values = snapshot.measure({**seen, **self._bins, "update": update}, self._wanted)
        validation = snapshot.validate(self._network, self._loss, self._data)
        values |= {name: torch.stack([train[name], validation[name]], -1) for name in train}
        if self._picture:
            values["picture"] = self._picture.predict(self._network)
        if not weights:  # measures of matrices cannot tell for how many networks there are none
            runs_axis = train["loss"].shape
            values = {name: v.expand(*runs_axis, 0) if v.shape == (0,) else v for name, v in values.items()}
        for name in (*self._scores, *self._names, *(("picture",) if self._picture else ())):
            self._array(name, values[name])[len(self._steps)] = values[name].numpy(force=True)
        self._steps.append(step)
        self._measured.append(runs)
        losses: Array = train["loss"].numpy(force=True).reshape(-1)
        return losses

    def recording(self, end: End | None = None) -> Recording:
        """What was written so far of one network alone, ending as it did. Later rows do not change it."""
        views = {name: frozen(array[: len(self._steps)]) for name, array in self._arrays.items()}
        end = end or self._ends[0] or End("running", self._steps[-1])
        pictured = self._picture.recorded(views.pop("picture")) if self._picture else {}
        diverged = (np.array(self._steps) == end.step) & (end.reason == "diverged")
        return Recording(
            config=self._config,
            variables={name: _variable(name, views[name]) for name in (*self._scores, *self._names)},
            coordinates=self._coordinates() | {"diverged": ("step", frozen(diverged))},
            end=end,
            probe_size=self._data.probe_inputs.shape[-2],
            training_size=len(self._data.inputs),
            classes=self._data.classes,
            guess=_guess(self._loss, self._data),
            **pictured,
        )

    def dataset(self) -> "xr.Dataset":
        """What was written of many networks, with an axis run. Of a step at which a run was not measured it holds NaN.

        Counts are whole numbers, so there they are 0; the coordinate `measured` (run, step) says which.
        """
        import xarray as xr

        measured, rows = np.stack(self._measured), slice(len(self._steps))
        variables = {}
        for name in (*self._scores, *self._names):
            variable = _variable(name, self._arrays[name][rows])
            axes = ("step", "run", *variable.axes[1:])
            absent = ~measured.reshape(*measured.shape, *[1] * (len(axes) - 2))
            filled = np.where(
                absent, variable.values.dtype.type(0 if variable.values.dtype == np.int32 else np.nan), variable.values
            )
            attributes = {"long_name": variable.label, "description": variable.help, "log": int(variable.log)}
            variables[name] = xr.Variable(axes, filled, attributes).transpose("run", ...)
        ends = [end or End("running", self._steps[-1]) for end in self._ends]
        coordinates: dict[str, tuple[Any, Any]] = {
            **self._coordinates(),
            "measured": (("run", "step"), measured.T),
            "end": ("run", np.array([end.reason for end in ends], dtype=object)),
            "end_step": ("run", np.array([end.step for end in ends])),
            "end_loss": ("run", np.array([end.loss for end in ends])),
        }
        return xr.Dataset(variables, coordinates)

    def _array(self, name: str, value: Tensor) -> Array:
        if name not in self._arrays:
            self._arrays[name] = np.empty((self._capacity, *value.shape), _stored_type(name, value))
        return self._arrays[name]

    def _choose_bins(self, ordered: Tensor | None) -> dict[str, histograms.Bins]:
        """The bins of each run, from its sorted activations (…, layer, entry) before training."""
        if ordered is None:
            return {}
        after = is_after(self._config.normalization)
        phis = [phi(config) for config in self.ensemble.configs]
        if self.ensemble.alone:
            bins = histograms.activation_bins(phis[0], ordered, normalized=after)
        else:
            each = [
                histograms.activation_bins(activation, values, normalized=after)
                for activation, values in zip(phis, ordered, strict=True)
            ]
            bins = histograms.Bins.stack(each)
        return {"activation_bins": bins, "gradient_bins": histograms.gradient_bins(ordered.device)}

    def _coordinates(self) -> dict[str, tuple[Any, Array]]:
        taken = {name: entry for name, entry in measures.items() if name in self._names}
        sizes = {entry.axis: self._arrays[name].shape[-1] for name, entry in taken.items() if entry.axis}
        coordinates: dict[str, tuple[Any, Array]] = {
            **{axis: (axis, 1 + np.arange(size)) for axis, size in sizes.items()},
            "step": ("step", np.array(self._steps)),
            "split": ("split", np.array(SPLITS)),
            "layer": ("layer", np.arange(1, self._config.depth + 1)),
        }
        if "quantile" in sizes:
            coordinates["quantile"] = ("quantile", np.array(QUANTILES))
        if "bin" in sizes:
            coordinates["bin"] = ("bin", np.arange(len(histograms.BIN_KINDS)))
            coordinates["bin_kind"] = ("bin", np.array(histograms.BIN_KINDS))
            for name, bins in self._bins.items():
                coordinates |= _sides(name.removesuffix("_bins"), bins.edges)
        return {name: (axes, frozen(values)) for name, (axes, values) in coordinates.items()}


def _guess(loss: Loss, data: Data) -> Baseline:
    targets, nan = data.targets, float("nan")
    of_loss = loss.guess(data.classes, targets)
    if data.classes:
        return Baseline(of_loss, int(targets.bincount().max()) / len(targets), (nan, nan))
    probe, held_out = (
        float(t.double().var(0, correction=0).mean()) for t in (data.probe_targets, data.validation_targets)
    )
    return Baseline(of_loss, nan, (probe, held_out))


def _variable(name: str, values: Array) -> Variable:
    if name in SCORES:
        return Variable(values, ("step", "split"), *SCORES[name])
    entry = measures[name]
    axes = ("step", "layer", entry.axis) if entry.axis else ("step", "layer")
    return Variable(values, axes, entry.label, measures.help(name), entry.log)


def _stored_type(name: str, value: Tensor) -> type[np.generic] | np.dtype[np.generic]:
    """Counts as int32, single numbers of a layer in double precision, everything longer as it is."""
    if value.dtype == torch.int64:
        return np.int32
    single = name in SCORES or (name in measures and measures[name].axis is None)
    return np.float64 if single else value.numpy(force=True).dtype


def _sides(name: str, edges: Tensor) -> dict[str, tuple[Any, Array]]:
    """The left and right ends of every bin, the special ones included, along the axes of `edges` (…, edge)."""
    inner = edges.double().numpy(force=True)
    nothing = [np.full((*inner.shape[:-1], 1), value) for value in (-np.inf, np.inf, 0.0, np.nan)]
    below, above, zero, nan = nothing
    left = np.concatenate([below, inner, zero, nan], -1)
    right = np.concatenate([inner, above, zero, nan], -1)
    axes = ("bin",) if inner.ndim == 1 else ("run", "bin")
    return {f"{name}_left": (axes, left), f"{name}_right": (axes, right)}
