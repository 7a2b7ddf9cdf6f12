"""Whether a network alone and the same one among many are alike, as far as rounding lets two correct programs agree.

The two add the same terms in another order. A sum of n terms that a computer finds is the exact sum of terms of which
each is off by at most γ = n·u of itself, where u = 2⁻²⁴ is the rounding of one float32 operation (Higham, Accuracy and
Stability of Numerical Algorithms, 2002, section 3.1). So whatever order a processor adds in, it finds the exact result
of a run whose weights, inputs and gradients at the outputs, of which all sums of a step are made, are shaken by at most
γ of their sizes.

Mostly this does not show: the two agree to the tolerance, which is strict. Where it does not hold, it is asked what
rounding makes of this very run: TWINS of it, each shaken by γ at random, are trained, and the two may differ by twice
as much as the farthest twin lies from the network alone, as both may stray, one to either side. This is next to nothing
unless terms cancel: a mean that is 0 by symmetry is measured as some u of its terms; an optimizer that follows the sign
of such a gradient goes anywhere, as far as its steps reach and no farther.
"""

from collections import deque
from dataclasses import replace

import numpy as np
import torch
import xarray as xr
from torch import Generator, Tensor

from core import Config
from core.measuring.recorder import Recorder
from core.networks.ensemble import Ensemble
from core.training import passes

ROUNDING = 2.0**-24
TWINS = 32
RELATIVE, OF_LARGEST = 2e-3, 2e-4  # of a number, and of the largest of its kind, by which the two may differ anyway
MOVED, OF_ENTRIES = 1, 2e-3  # entries of a histogram that may be on the other side of an edge


def assert_alike(config: Config, alone: xr.Dataset, among: xr.Dataset) -> None:
    """The numbers of the recording of a Config alone, and of the same one out of a sweep."""
    among = among.sel({axis: values for axis, values in alone.coords.items() if axis in alone.dims})
    assert among["measured"].values.all()
    if "activation_right" in alone.coords:
        np.testing.assert_allclose(among["activation_right"], alone["activation_right"], rtol=1e-5)
    differing = [name for name in alone.data_vars if not _within(name, alone, among)]
    if differing:
        twins = _twins(config).sel(step=alone["step"])
        for name in differing:
            floor = 2 * np.max([_apart(name, alone, twins.isel(run=run)) for run in range(TWINS)], 0)
            assert _within(name, alone, among, floor), _said(name, config, alone, among, floor)


def _within(name: str, alone: xr.Dataset, among: xr.Dataset, floor: np.ndarray | float = 0.0) -> bool:
    """Whether a variable differs by no more than the tolerance and the floor. No entry of a histogram may be lost."""
    ours, theirs = alone[name].values, among[name].values
    whole = not _counts(name) or np.array_equal(ours.sum(-1), theirs.sum(-1))
    return whole and bool((_apart(name, alone, among) <= _tolerance(name, ours) + floor).all())


def _apart(name: str, alone: xr.Dataset, other: xr.Dataset) -> np.ndarray:
    """How far a variable of another run lies from that of the network alone; infinite where only one is a number."""
    ours, theirs = alone[name].values, other[name].values
    if _counts(name):
        return np.abs(ours - theirs).sum(-1) / 2
    with np.errstate(invalid="ignore"):
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        return np.where(same, 0.0, np.nan_to_num(np.abs(ours - theirs), nan=np.inf))


def _tolerance(name: str, ours: np.ndarray) -> np.ndarray:
    if _counts(name):
        return MOVED + OF_ENTRIES * ours.sum(-1)
    sizes = np.where(np.isfinite(ours), np.abs(ours), 0.0)
    return RELATIVE * sizes + OF_LARGEST * sizes.max(initial=0)


def _counts(name: str) -> bool:
    return name.endswith("histogram")


def _said(name: str, config: Config, alone: xr.Dataset, among: xr.Dataset, floor: np.ndarray) -> str:
    ours, theirs = alone[name].values, among[name].values
    return f"{name} of {config}\nalone {ours}\namong others {theirs}\nfloor {floor}"


class _Shaken(Ensemble):
    """The networks of TWINS equal Configs, of which all that is summed is shaken by as much as sums are rounded."""

    def __init__(self, config: Config) -> None:
        super().__init__([config] * TWINS)
        self._generator = Generator().manual_seed(0)
        parameters = list(self.network.parameters())
        terms = max(min(config.batch_size, self._samples), *(parameter.shape[-1] for parameter in parameters))
        self._size = terms * ROUNDING
        for parameter in parameters:
            parameter.data = self._shaken(parameter.data)
        probe, held_out = map(self._shaken, (self.data.probe_inputs, self.data.validation_inputs))
        self.data = replace(self.data, probe_inputs=probe, validation_inputs=held_out)

    def batch(self) -> tuple[Tensor, Tensor]:
        inputs, targets = super().batch()
        return self._shaken(inputs), targets

    def batch_outputs(self, inputs: Tensor) -> Tensor:
        outputs = super().batch_outputs(inputs)
        outputs.register_hook(self._shaken)
        return outputs

    def _shaken(self, terms: Tensor) -> Tensor:
        return terms * (1 + self._size * (2 * torch.rand(terms.shape, generator=self._generator) - 1))


def _twins(config: Config) -> xr.Dataset:
    recorder = Recorder(_Shaken(config))
    deque(passes(recorder), maxlen=0)
    return recorder.dataset()
