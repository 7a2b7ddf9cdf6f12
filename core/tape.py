"""Tape: looks at a network again and again during a run, and keeps what it sees.

The values of each snapshot go into arrays that were made at the first one, one row a snapshot. A row is written once,
so a partial Recording is a view of the rows so far and costs nothing.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from core import histograms, snapshot
from core.config import Config
from core.data import Data
from core.measures import QUANTILES, measures
from core.network import Network
from core.recording import NO_CLASS, SPLITS, Array, End, Plane, Recording, Variable

GRID = 48  # points a side on which the decision regions are drawn
PLANE_POINTS = 300  # training samples drawn over them
MARGIN = 0.15  # of the data's extent, left free around it

SCORES = {
    "loss": (
        "Loss (nats)",
        "Mean cross-entropy on the probe (train) and on the held-out samples (validation), in nats.",
    ),
    "accuracy": ("Accuracy", "Share of samples classified correctly, of the probe and of the held-out samples."),
}


class Tape:
    """The measurements of one run. `loss` is the newest loss on the probe."""

    def __init__(self, config: Config, data: Data, network: Network) -> None:
        self._config, self._data, self._network = config, data, network
        self._capacity = min(config.snapshots, config.steps + 1)
        self._steps: list[int] = []
        self._arrays: dict[str, Array] = {}
        self._bins: dict[str, histograms.Bins] = {}
        self._plane = _Plane(data) if data.inputs.shape[1] == 2 else None
        self.loss = float("nan")

    def write(self, step: int, updates: Mapping[Tensor, Tensor]) -> None:
        """Measure the network as it is after `step` updates, of which `updates` are the last, by parameter."""
        seen, train = snapshot.probe(self._network, self._data.probe_inputs, self._data.probe_targets)
        if not self._bins:
            ordered = seen["ordered_activation"]
            self._bins["activation_bins"] = histograms.activation_bins(self._network.activation, ordered)
            self._bins["gradient_bins"] = histograms.gradient_bins()
        weights = self._network.weights[:-1]
        update = [updates.get(weight, torch.full_like(weight, torch.nan)) for weight in weights]
        values = snapshot.measure({**seen, **self._bins, "update": update})
        validation = snapshot.validate(self._network, self._data)
        values |= {name: torch.stack([train[name], validation[name]]) for name in SCORES}
        if self._plane:
            values["plane"] = self._plane.predict(self._network)
        for name, value in values.items():
            self._array(name, value)[len(self._steps)] = value.numpy(force=True)
        self._steps.append(step)
        self.loss = float(train["loss"])

    def recording(self, end: End) -> Recording:
        """What was written so far, as a Recording that ends so. Later rows do not change it."""
        rows = len(self._steps)
        views = {name: array[:rows] for name, array in self._arrays.items()}
        for view in views.values():
            _frozen(view)
        prediction = views.pop("plane", None)
        return Recording(
            config=self._config,
            variables={name: _variable(name, views[name]) for name in (*SCORES, *measures)},
            coordinates=self._coordinates(end),
            end=end,
            probe_size=len(self._data.probe_inputs),
            training_size=len(self._data.inputs),
            classes=self._data.classes,
            plane=self._plane.recorded(prediction) if self._plane and prediction is not None else None,
        )

    def _array(self, name: str, value: Tensor) -> Array:
        if name not in self._arrays:
            self._arrays[name] = np.empty((self._capacity, *value.shape), _stored_type(value))
        return self._arrays[name]

    def _coordinates(self, end: End) -> dict[str, tuple[str, Array]]:
        steps = np.array(self._steps)
        sizes = {entry.axis: self._arrays[name].shape[-1] for name, entry in measures.items() if entry.axis}
        coordinates = {
            **{axis: (axis, 1 + np.arange(size)) for axis, size in sizes.items()},
            "step": ("step", steps),
            "diverged": ("step", (steps == end.step) & (end.reason == "diverged")),
            "split": ("split", np.array(SPLITS)),
            "layer": ("layer", np.arange(1, self._config.depth + 1)),
            "quantile": ("quantile", np.array(QUANTILES)),
            "bin": ("bin", np.arange(len(histograms.BIN_KINDS))),
            "bin_kind": ("bin", np.array(histograms.BIN_KINDS)),
            **_sides("activation", self._bins["activation_bins"].edges),
            **_sides("gradient", self._bins["gradient_bins"].edges),
        }
        return {name: (axis, _frozen(values)) for name, (axis, values) in coordinates.items()}


class _Plane:
    """A grid over data of two features, and what the network says there."""

    def __init__(self, data: Data) -> None:
        low, high = data.inputs.amin(0), data.inputs.amax(0)
        margin = MARGIN * (high - low)
        sides = [torch.linspace(float(a), float(b), GRID) for a, b in zip(low - margin, high + margin, strict=True)]
        self._sides, self._data = sides, data
        self._points = torch.cartesian_prod(sides[1], sides[0]).flip(1)  # (vertical · horizontal, 2)

    def predict(self, network: Network) -> Tensor:
        with torch.no_grad():
            logits = network.logits(self._points)
            label = logits.argmax(-1).masked_fill(logits.isnan().any(-1), NO_CLASS)
            return label.to(torch.uint8).view(GRID, GRID)

    def recorded(self, prediction: Array) -> Plane:
        horizontal, vertical = (side.numpy() for side in self._sides)
        points, labels = self._data.inputs[:PLANE_POINTS].numpy(), self._data.targets[:PLANE_POINTS].numpy()
        return Plane(*map(_frozen, (horizontal, vertical, prediction, points.copy(), labels.copy())))


def _frozen(values: Array) -> Array:
    values.flags.writeable = False
    return values


def _variable(name: str, values: Array) -> Variable:
    if name in SCORES:
        return Variable(values, ("step", "split"), *SCORES[name])
    entry = measures[name]
    axes = ("step", "layer", entry.axis) if entry.axis else ("step", "layer")
    return Variable(values, axes, entry.label, measures.help(name), entry.log)


def _stored_type(value: Tensor) -> type[np.generic] | np.dtype[np.generic]:
    """Counts as int32, single numbers of a layer in double precision, everything longer as it is."""
    if value.dtype == torch.int64:
        return np.int32
    return np.float64 if value.dim() == 1 else value.numpy(force=True).dtype


def _sides(name: str, edges: Tensor) -> dict[str, tuple[str, Array]]:
    """The left and right ends of every bin, the special ones included, as coordinates of the axis bin."""
    inner = edges.double().numpy()
    left = np.concatenate([[-np.inf], inner[:-1], [inner[-1], 0.0, np.nan]])
    right = np.concatenate([[inner[0]], inner[1:], [np.inf, 0.0, np.nan]])
    return {f"{name}_left": ("bin", left), f"{name}_right": ("bin", right)}
