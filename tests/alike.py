"""Whether a network alone and the same one among many are alike, as far as rounding lets two correct programs agree.

The two add the same terms in another order. A sum of n terms that a computer finds is the exact sum of terms of which
each is off by at most γ = n·u of itself, where u = 2⁻²⁴ is the rounding of one float32 operation (Higham, Accuracy and
Stability of Numerical Algorithms, 2002, section 3.1). So whatever order a processor adds in, it finds the exact result
of a run in which the terms of each sum are shaken by at most γ of their sizes.

Mostly this does not show: the two agree to the tolerance, which is strict. Where it does not hold, it is asked what
rounding makes of this very run: TWINS of it are trained in which the terms of some sums, from none to all of them, are
shaken by γ at random, and the two may differ by as much as the farthest of the family of correct runs. This is
next to nothing unless terms cancel: a mean that is 0 by symmetry is measured as some u of its terms; an optimizer that
follows the sign of such a gradient goes anywhere, as far as its steps reach and no farther.
"""

from collections import deque
from functools import partial
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Generator, Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from core import Config
from core.measuring.recorder import Recorder
from core.networks.ensemble import Ensemble
from core.training import passes

ROUNDING = 2.0**-24
TWINS = 64
SUMS = {getattr(torch.ops.aten, name) for name in ("bmm", "baddbmm", "sum", "mean", "var_mean")}
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
            floor = _spread(name, alone, twins)
            assert _whole(name, alone, among), _said(name, config, alone, among, floor)
            apart = _apart(_read(name, alone), _read(name, among))
            assert (apart <= _tolerance(name, alone) + floor).all(), _said(name, config, alone, among, floor)


def _within(name: str, alone: xr.Dataset, among: xr.Dataset) -> bool:
    """Whether a variable differs by no more than the tolerance."""
    apart = _apart(alone[name].values, among[name].values)
    if _counts(name):
        apart = apart.sum(-1, keepdims=True) / 2
    return _whole(name, alone, among) and bool((apart <= _tolerance(name, alone)).all())


def _whole(name: str, alone: xr.Dataset, among: xr.Dataset) -> bool:
    """No entry of a histogram may be lost."""
    return not _counts(name) or np.array_equal(alone[name].sum("bin"), among[name].sum("bin"))


def _spread(name: str, alone: xr.Dataset, twins: xr.Dataset) -> np.ndarray:
    """How far the two farthest lie apart of the network alone and its twins."""
    every = np.concatenate([_read(name, alone)[None], _read(name, twins)])
    return np.max([_apart(twin, every).max(0) for twin in every], 0)


def _read(name: str, of: xr.Dataset) -> np.ndarray:
    """The numbers of a variable; of a histogram, how many entries lie below each edge, as bins between two others may
    have none."""
    return of[name].values.cumsum(-1) if _counts(name) else of[name].values


def _apart(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """How far numbers lie apart; infinite where only one is a number."""
    with np.errstate(invalid="ignore"):
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        return np.where(same, 0.0, np.nan_to_num(np.abs(ours - theirs), nan=np.inf))


def _tolerance(name: str, alone: xr.Dataset) -> np.ndarray:
    numbers = alone[name].values
    if _counts(name):
        return MOVED + OF_ENTRIES * numbers.sum(-1, keepdims=True)
    sizes = np.where(np.isfinite(numbers), np.abs(numbers), 0.0)
    return RELATIVE * sizes + OF_LARGEST * sizes.max(initial=0)


def _counts(name: str) -> bool:
    return name.endswith("histogram")


def _said(name: str, config: Config, alone: xr.Dataset, among: xr.Dataset, floor: np.ndarray) -> str:
    ours, theirs = alone[name].values, among[name].values
    return f"{name} of {config}\nalone {ours}\namong others {theirs}\nfloor {floor}"


class _Rounding(TorchDispatchMode):
    """All sums, forward and back, in training and in measuring, as some processor may find them for each of the TWINS.

    Of a sum of each twin it is drawn anew whether it is shaken. The first two twins never are, the last always. What
    is not shaken is what this processor finds for one half of the twins, and exact for the other, whose rows are all
    shaken alike as well, so that what is equal stays equal.
    """

    def __init__(self) -> None:
        super().__init__()
        self._generator = Generator().manual_seed(0)
        self._often = torch.linspace(0, 1, TWINS // 2).repeat_interleave(2)  # that a sum is shaken, by twin
        self._exact = torch.arange(TWINS) % 2 == 1

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = function(*args, **(kwargs or {}))
        if function.overloadpacket not in SUMS or not _of_each_twin(found):
            return found
        size = ROUNDING * _terms(args)
        chosen = torch.rand(TWINS, generator=self._generator) < self._often
        shaken = function(*(self._shaken(each, size, chosen) for each in args), **(kwargs or {}))
        return tree_map(partial(_mixed, chosen | self._exact), shaken, found)

    def _shaken(self, terms: Any, size: float, chosen: Tensor) -> Any:
        """In doubles, so that they are shaken by this and no more."""
        if not isinstance(terms, Tensor):
            return terms
        noise = size * (2 * torch.rand(terms.shape, generator=self._generator) - 1)
        noise[self._exact] = noise[self._exact, :1]
        return terms.double() * (1 + noise * _column(chosen, terms))


def _mixed(chosen: Tensor, ours: Tensor, found: Tensor) -> Tensor:
    """Our sums for the chosen twins, what was found for the others."""
    return torch.where(_column(chosen, found), ours.to(found.dtype), found)


def _column(chosen: Tensor, like: Tensor) -> Tensor:
    return chosen.view(-1, *[1] * (like.dim() - 1))


def _of_each_twin(found: Any) -> bool:
    """Whether these are sums in single precision, some of each twin."""
    first = found[0] if isinstance(found, tuple) else found
    return first.dtype == torch.float32 and first.shape[:1] == (TWINS,)


def _terms(args: Any) -> int:
    """Of how many terms at most a number is the sum: of products of two matrices, or of what is one twin's."""
    *_, last = args
    return int(last.shape[-2] if isinstance(last, Tensor) and len(args) > 1 else args[0][0].numel())


def _twins(config: Config) -> xr.Dataset:
    ensemble = Ensemble([config] * TWINS)
    with _Rounding():
        recorder = Recorder(ensemble)
        deque(passes(recorder), maxlen=0)
    return recorder.dataset()
