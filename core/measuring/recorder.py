"""Recorder: looks at the networks of an Ensemble again and again during their runs, and keeps what it sees.

Each look is a row of a sink, the memory unless told otherwise. A row is written once, so a partial Recording is a view
of the rows so far and costs nothing.
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.array import Array
from core.choices.normalizations import is_after
from core.config import Config
from core.config.chosen import phi
from core.measuring import snapshot
from core.measuring.body import body_of, is_narrow, state_of
from core.measuring.deaths import deaths_of
from core.measuring.given import guess_of, sizes_of
from core.measuring.histograms import Bounded, Bounds
from core.measuring.pictures import frozen, picture_of
from core.measuring.recording import Baseline, Body, Deaths, End, InputSizes, Recording, Variable
from core.measuring.rows import Rows
from core.measuring.sink import Memory, Sink
from core.networks.ensemble import Ensemble

if TYPE_CHECKING:
    import xarray as xr

OF_ONE_NETWORK = ("layer_name", "layer_width")  # networks of many depths come together by the number of a layer


class Recorder:
    """The measurements of an Ensemble. `names` are the measures to take, all of them unless told otherwise.

    One network alone is looked at once more where it diverges. Of many, those that diverged have no looks after that:
    a look at all of them at each such step would cost as much as all the others.
    """

    def __init__(self, ensemble: Ensemble, names: Collection[str] | None = None, sink: Sink | None = None) -> None:
        self.ensemble = ensemble
        self._config, self._data, self._network = ensemble.configs[0], ensemble.data, ensemble.network
        capacity = min(self._config.snapshots, self._config.steps + 1) + 1  # one for where a run diverges
        self._memory = Memory(capacity)
        self._rows = Rows(sink or self._memory, names, [_bounds(config) for config in ensemble.configs])
        self._measured: list[Array] = []  # for each row, of which runs it is
        self._ends: list[End | None] = [None] * len(ensemble.configs)
        self._deaths: Deaths | None = None
        self._picture = picture_of(self._data, ensemble.loss) if ensemble.alone else None
        self._keeps_body = ensemble.alone and is_narrow(self._config)

    @property
    def running(self) -> bool:
        """Whether any run has not ended yet."""
        return None in self._ends

    @property
    def kept(self) -> tuple[int, object]:
        """How many bytes of memory the rows take, those to come as well, and what lives as long as they do."""
        return self._memory.kept

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
        if self.ensemble.alone and self._rows.steps[-1] != step:
            self._write(step, updates, ending)
        self._end(step, batch_losses)
        return True

    def close(self, step: int) -> None:
        """All runs that are still running have finished at this step."""
        if self.ensemble.alone and self.running and step:
            self._deaths = self._judge()
        self._ends = [end or End("finished", step) for end in self._ends]

    def _judge(self) -> Deaths | None:
        """Which units are dead in the end; None where that was not measured."""
        active = self._rows.last("unit_active_fraction")
        if active is None or np.isnan(active).any():
            return None
        return deaths_of(self._network, self._data, torch.from_numpy(active == 0))

    def _still_running(self) -> Array:
        return np.array([end is None for end in self._ends])

    def _end(self, step: int, losses: Array) -> None:
        for run, loss in enumerate(losses.tolist()):
            if self._ends[run] is None and not isfinite(loss):
                self._ends[run] = End("diverged", step, loss)

    def _write(self, step: int, updates: Mapping[Tensor, Tensor], runs: Array) -> Array:
        """Write a row that is of these runs. Returns the losses on the probe (run,)."""
        data, loss = self._data, self.ensemble.loss
        probe = data.probe_inputs, data.probe_targets
        look, train = snapshot.look_at(self._network, loss, *probe, self._rows.wanted, updates)
        validation = snapshot.validate(self._network, loss, data)
        scores = {name: torch.stack([train[name], validation[name]], -1) for name in train}
        kept = {"picture": self._picture.predict(self._network)} if self._picture else {}
        if self._keeps_body:
            kept["body"] = state_of(self._network)
        self._rows.write(step, look, scores, kept)
        self._measured.append(runs)
        losses: Array = train["loss"].numpy(force=True).reshape(-1)
        return losses

    def recording(self, end: End | None = None) -> Recording:
        """What was written so far of one network alone, ending as it did. Later rows do not change it."""
        variables, kept = self._rows.read()
        end = end or self._ends[0] or End("running", self._rows.steps[-1])
        pictured = self._picture.recorded(kept["picture"]) if self._picture else {}
        diverged = (np.array(self._rows.steps) == end.step) & (end.reason == "diverged")
        return Recording(
            source=type(self._network).__name__,
            config=self._config,
            variables=variables,
            coordinates=self._rows.coordinates(variables) | {"diverged": ("step", frozen(diverged))},
            end=end,
            probe_size=self._data.probe_inputs.shape[-2],
            training_size=len(self._data.inputs),
            classes=self._data.classes,
            guess=self._guess,
            input_sizes=self._input_sizes,
            deaths=self._deaths,
            body=self._body(kept["body"]) if self._keeps_body else None,
            **pictured,
        )

    def _body(self, state: Array) -> Body:
        outputs = self._network.weights[-1].shape[-2]
        return body_of(self._config, self._data, outputs, state)

    @cached_property
    def _guess(self) -> Baseline:
        return guess_of(self.ensemble.loss, self._data)

    @cached_property
    def _input_sizes(self) -> InputSizes:
        return sizes_of(self._data)

    def dataset(self) -> "xr.Dataset":
        """What was written of many networks, with an axis run. Of a step at which a run was not measured it holds NaN.

        Counts are whole numbers, so there they are 0; the coordinate `measured` (run, step) says which.
        """
        import xarray as xr

        variables, _ = self._rows.read()
        measured, ends = np.stack(self._measured), [end or End("running", self._rows.steps[-1]) for end in self._ends]
        axes = self._rows.coordinates(variables)
        coordinates: dict[str, tuple[Any, Any]] = {
            **{name: axes[name] for name in axes if name not in OF_ONE_NETWORK},
            "measured": (("run", "step"), measured.T),
            "end": ("run", np.array([end.reason for end in ends], dtype=object)),
            "end_step": ("run", np.array([end.step for end in ends])),
            "end_loss": ("run", np.array([end.loss for end in ends])),
        }
        return xr.Dataset({name: _by_run(each, measured) for name, each in variables.items()}, coordinates)


def _by_run(variable: Variable, measured: Array) -> "xr.Variable":
    """A variable of many networks with the axis run first, of what was `measured` (step, run)."""
    import xarray as xr

    axes = ("step", "run", *variable.axes[1:])
    absent = ~measured.reshape(*measured.shape, *[1] * (len(axes) - 2))
    kind = variable.values.dtype
    filled = np.where(absent, kind.type(0 if kind == np.int32 else np.nan), variable.values)
    attributes = {"long_name": variable.label, "description": variable.help, "log": int(variable.log)}
    return xr.Variable(axes, filled, attributes).transpose("run", ...)


def _bounds(config: Config) -> Bounded:
    """What the activations lie between; what is normalized after the activation has lost its bounds."""
    return Bounds() if is_after(config.normalization) else phi(config)
