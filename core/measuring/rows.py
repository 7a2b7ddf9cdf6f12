"""Rows: looks at any network again and again, measured, as rows of a sink; and what a Recording is made of.

It knows layers and measures, and neither a network nor a Config, so that it serves whoever makes looks.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.array import Array
from core.measuring import histograms
from core.measuring.histograms import Bins, Bounded, Bounds
from core.measuring.look import Look, Values, measure
from core.measuring.measures import QUANTILES, closure, measures
from core.measuring.pictures import frozen
from core.measuring.recording import SPLITS, Variable
from core.measuring.sink import Sink

SCORES = {
    "loss": (
        "Loss",
        "Mean loss on the probe (train) and on the held-out samples (validation); cross-entropy is in nats.",
    ),
    "accuracy": ("Accuracy", "Share of samples classified correctly, of the probe and of the held-out samples."),
}
STEP = "step"

Coordinates = dict[str, tuple[Any, Array]]


class Rows:
    """Looks, measured and written to a sink. `names` are the measures to take, all of them unless told otherwise.

    `bounds` are what the activations lie between, of each run; they make the axis of histograms.
    """

    def __init__(
        self, sink: Sink, names: Collection[str] | None = None, bounds: Sequence[Bounded] = (Bounds(),)
    ) -> None:
        self.names = tuple(measures if names is None else [name for name in measures if name in names])
        self.wanted = closure(self.names)
        self.steps: list[int] = []
        self._sink, self._bounds = sink, bounds
        self._bins: dict[str, Bins] = {}
        self._scores: tuple[str, ...] = ()
        self._layers: Coordinates = {}
        self._fixed: Coordinates = {}  # all but the steps, found when they are first asked for

    def write(self, step: int, look: Look, scores: Values, also: Values) -> None:
        """Measure a look, and write it with the scores (…, split) of that step and whatever else there is to keep.

        The first look is of the untrained network: it decides on the bins.
        """
        if not self.steps:
            self._begin(look, scores)
        values = measure(look, self._bins, self.wanted)
        kept = {**scores, **{name: values[name] for name in self.names}, **also}
        row = {STEP: np.array(step), **{name: _stored(name, value) for name, value in kept.items()}}
        if not self.steps:
            self._sink.open(row)
        self._sink.write(row)
        self.steps.append(step)

    def read(self) -> tuple[dict[str, Variable], dict[str, Array]]:
        """What was written so far: the variables of a Recording, and what else was kept (step, …)."""
        arrays = {name: frozen(array) for name, array in self._sink.read().items() if name != STEP}
        variables = {name: variable(name, arrays.pop(name)) for name in (*self._scores, *self.names)}
        return variables, arrays

    def last(self, name: str) -> Array | None:
        """What was written last of a measure; None where it was not taken, or of no layer."""
        written = self._sink.read().get(name)
        return written[-1] if written is not None and written[-1].size else None

    def coordinates(self, variables: Mapping[str, Variable]) -> Coordinates:
        """Where the entries of the axes lie, for all these variables."""
        if not self._fixed:
            self._fixed = self._all_axes(variables)
        return self._fixed | {"step": ("step", frozen(np.array(self.steps)))}

    def _all_axes(self, variables: Mapping[str, Variable]) -> Coordinates:
        taken = {name: entry for name, entry in measures.items() if name in self.names}
        sizes = {entry.axis: variables[name].values.shape[-1] for name, entry in taken.items() if entry.axis}
        coordinates: Coordinates = {
            **{axis: (axis, 1 + np.arange(size)) for axis, size in sizes.items()},
            "step": ("step", np.array(self.steps)),
            "split": ("split", np.array(SPLITS)),
            **self._layers,
        }
        if "quantile" in sizes:
            coordinates["quantile"] = ("quantile", np.array(QUANTILES))
        if "bin" in sizes:
            coordinates["bin"] = ("bin", np.arange(len(histograms.BIN_KINDS)))
            coordinates["bin_kind"] = ("bin", np.array(histograms.BIN_KINDS))
            for name, bins in self._bins.items():
                coordinates |= _sides(name.removesuffix("_bins"), bins.edges)
        return {name: (axes, frozen(values)) for name, (axes, values) in coordinates.items()}

    def _begin(self, look: Look, scores: Values) -> None:
        self._bins = self._choose_bins(look)
        self._scores = tuple(scores)
        self._layers = {
            "layer": ("layer", np.arange(1, len(look.layers) + 1)),
            "layer_name": ("layer", np.array([layer.name for layer in look.layers], str)),
            "layer_width": ("layer", np.array([layer.width for layer in look.layers], int)),
        }
        sloped = np.array([layer.slope is not None for layer in look.layers], bool)
        if "slope" in self.wanted and not sloped.all():
            self._layers["layer_sloped"] = ("layer", sloped)

    def _choose_bins(self, look: Look) -> dict[str, Bins]:
        """The bins of each run, from its sorted activations (…, layer, entry) before training."""
        device = look.groups[0].activation.device
        gradient_bins = {"gradient_bins": histograms.gradient_bins(device)}
        if "activation_bins" not in self.wanted:
            return gradient_bins
        ordered = [group.ordered_activation for group in look.groups]
        if not look.runs:
            return {"activation_bins": histograms.activation_bins(self._bounds[0], *ordered), **gradient_bins}
        each = [
            histograms.activation_bins(bounds, *(group[run] for group in ordered))
            for run, bounds in enumerate(self._bounds)
        ]
        return {"activation_bins": Bins.stack(each), **gradient_bins}


def variable(name: str, values: Array) -> Variable:
    """What was written of a measure or a score, with its axes and words."""
    if name in SCORES:
        return Variable(values, ("step", "split"), *SCORES[name])
    entry = measures[name]
    axes = ("step", "layer", entry.axis) if entry.axis else ("step", "layer")
    return Variable(values, axes, entry.label, measures.help(name), entry.log)


def _stored(name: str, value: Tensor) -> Array:
    """Counts as int32, single numbers of a layer in double precision, everything longer as it is."""
    array: Array = value.numpy(force=True)
    if value.dtype == torch.int64:
        return array.astype(np.int32)
    single = name in SCORES or (name in measures and measures[name].axis is None)
    return array.astype(np.float64, copy=False) if single else array


def _sides(name: str, edges: Tensor) -> Coordinates:
    """The left and right ends of every bin, the special ones included, along the axes of `edges` (…, edge)."""
    inner = edges.double().numpy(force=True)
    nothing = [np.full((*inner.shape[:-1], 1), value) for value in (-np.inf, np.inf, 0.0, np.nan)]
    below, above, zero, nan = nothing
    left = np.concatenate([below, inner, zero, nan], -1)
    right = np.concatenate([inner, above, zero, nan], -1)
    axes = ("bin",) if inner.ndim == 1 else ("run", "bin")
    return {f"{name}_left": (axes, left), f"{name}_right": (axes, right)}
