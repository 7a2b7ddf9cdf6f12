"""Whether a network alone and the same one among many are alike, as far as rounding lets two correct programs agree.

The two add the same terms in another order. A sum of n terms that a computer finds is the exact sum of terms of which
each is off by at most γ = n·u of itself, where u = 2⁻²⁴ is the rounding of one float32 operation (Higham, Accuracy and
Stability of Numerical Algorithms, 2002, section 3.1). So whatever order a processor adds in, it finds the exact result
of a run in which the terms of each sum are shaken by at most γ of their sizes.

Mostly this does not show: the two agree to the tolerance, which is strict. Where it does not hold, it is asked what
rounding makes of this very run: TWINS of it are trained, one after another, in which the terms of some sums, from none
to all of them, are shaken by γ at random, and the two may differ by as much as such a family reaches. The family
is trained alone, so a fault of how many are trained is not in it, and found. Its spread is next to nothing unless terms
cancel: a mean that is 0 by symmetry is measured as some u of its terms; an optimizer that follows the sign of such a
gradient goes anywhere, as far as its steps reach and no farther.
"""

from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from itertools import dropwhile
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
TWINS = 48  # at most: no more are trained once they explain what differs
REACH = 2  # a family of any size shows a part of how far it reaches: two more lie outside its range now and then
SIZES = {"activation_histogram": "activation_std", "gradient_histogram": "gradient_rms"}
SUMS = {getattr(torch.ops.aten, name) for name in ("mm", "addmm", "sum", "mean", "var_mean")}
RELATIVE, OF_LARGEST = 2e-3, 2e-4  # of a number, and of the largest of its kind, by which the two may differ anyway
MOVED, OF_ENTRIES = 1, 2e-3  # entries of a histogram that may be on the other side of an edge


def assert_alike(config: Config, alone: xr.Dataset, among: xr.Dataset) -> None:
    """The numbers of the recording of a Config alone, and of the same one out of a sweep."""
    among = among.sel({axis: values for axis, values in alone.coords.items() if axis in alone.dims})
    assert among["measured"].values.all()
    if "activation_right" in alone.coords:
        np.testing.assert_allclose(among["activation_right"], alone["activation_right"], rtol=1e-5)
    differing = [name for name in alone.data_vars if not _within(name, alone, among)]
    family = [alone]
    while differing and len(family) <= TWINS:
        family.append(_twin(config, len(family) - 1).sel(step=alone["step"]))
        # What a family explains, a larger one does: it reaches as far. So the first that is open stands for the rest.
        differing = list(dropwhile(lambda name: _explained(name, among, family), differing))
    assert not differing, _said(differing[0], config, alone, among, _spread(differing[0], family))


def _explained(name: str, among: xr.Dataset, family: Sequence[xr.Dataset]) -> bool:
    """Whether a variable differs from the network alone by no more than the tolerance and the reach of its family.

    Of a histogram these are the bins of its entries, in their order: one has moved that lies farther off. What spreads
    is known to a bin only, so it may lie one beyond; and of a layer whose size is rounding all entries are.
    """
    alone = family[0]
    if not _whole(name, alone, among):
        return False
    apart, reach = _apart(_read(name, alone, alone), _read(name, among, alone)), REACH * _spread(name, family)
    if _counts(name):
        size, spread = alone[SIZES[name]].values, _spread(SIZES[name], family)
        moved = (apart > reach + (reach > 0)).sum(-1, keepdims=True)
        moved[(spread > 0) & (spread >= size)] = 0
        return bool((moved <= _tolerance(name, alone)).all())
    return bool((apart <= _tolerance(name, alone) + reach).all())


def _within(name: str, alone: xr.Dataset, among: xr.Dataset) -> bool:
    """Whether a variable differs by no more than the tolerance."""
    apart = _apart(alone[name].values, among[name].values)
    if _counts(name):
        apart = apart.sum(-1, keepdims=True) / 2
    return _whole(name, alone, among) and bool((apart <= _tolerance(name, alone)).all())


def _whole(name: str, alone: xr.Dataset, among: xr.Dataset) -> bool:
    """No entry of a histogram may be lost."""
    return not _counts(name) or np.array_equal(alone[name].sum("bin"), among[name].sum("bin"))


def _spread(name: str, family: Sequence[xr.Dataset]) -> np.ndarray:
    """How far the two farthest of a family lie apart."""
    every = np.stack([_read(name, each, family[0]) for each in family])
    equal = _apart(every, every[:1]).max(0) == 0
    with np.errstate(invalid="ignore"):
        return np.where(equal, 0.0, np.nan_to_num(every.max(0) - every.min(0), nan=np.inf))


def _read(name: str, of: xr.Dataset, alone: xr.Dataset) -> np.ndarray:
    """The numbers of a variable; of a histogram, its entries in their order, each as the place of its bin."""
    values = of[name].values
    if not _counts(name):
        return values
    left, right = (alone[f"{name.removesuffix('_histogram')}_{side}"].values for side in ("left", "right"))
    ends = np.where(np.isfinite(left), left, right), np.where(np.isfinite(right), right, left)
    order = np.argsort(np.mean(ends, 0))
    rows = [np.repeat(np.arange(len(order)), row[order]) for row in values.reshape(-1, values.shape[-1])]
    return np.reshape(rows, (*values.shape[:-1], -1))


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
    """All sums, forward and back, in training and in measuring, as some processor may find them.

    Of each it is drawn whether its terms are shaken, as `often` as that. What is not shaken is what this processor
    finds, or where `exact`, what is true; there all rows are shaken alike as well, so that what is equal stays equal.
    """

    def __init__(self, seed: int, often: float, *, exact: bool, gently: bool) -> None:
        super().__init__()
        self._generator = Generator().manual_seed(seed)
        self._often, self._exact, self._gently = often, exact, gently

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = function(*args, **(kwargs or {}))
        if function.overloadpacket not in SUMS or not _is_single(found):
            return found
        shaken = bool(torch.rand((), generator=self._generator) < self._often)
        if not shaken and not self._exact:
            return found
        size = ROUNDING * _terms(args) * shaken * self._size()
        ours = function(*(self._shaken(each, size) for each in args), **(kwargs or {}))
        return tree_map(lambda ours, found: ours.to(found.dtype), ours, found)

    def _size(self) -> float:
        """By how much of γ: by all of it, or `gently` by any share, as mostly less is lost than could be."""
        return float(torch.rand((), generator=self._generator)) if self._gently else 1.0

    def _shaken(self, terms: Any, size: float) -> Any:
        """In doubles, so that they are shaken by this and no more."""
        if not isinstance(terms, Tensor):
            return terms
        shape = terms.shape if not self._exact else (1, *terms.shape[1:]) if terms.dim() else ()
        return terms.double() * (1 + size * (2 * torch.rand(shape, generator=self._generator) - 1))


def _is_single(found: Any) -> bool:
    """Whether these are sums in single precision."""
    first = found[0] if isinstance(found, tuple) else found
    return first.dtype == torch.float32


def _terms(args: Any) -> int:
    """Of how many terms at most a number is the sum: of a product of two matrices, or of one table."""
    *_, last = args
    return int(last.shape[-2] if isinstance(last, Tensor) and len(args) > 1 else args[0].numel())


@lru_cache(maxsize=4 * TWINS)  # a Config is mostly compared with several others
def _twin(config: Config, number: int) -> xr.Dataset:
    """One of the family of a network: first those of which no sum and every sum is shaken, then those between."""
    often = [0, 1, 0, 1, *np.linspace(0, 1, TWINS - 4)][number]
    ensemble = Ensemble(config)  # data and weights are the same
    with _Rounding(number, often, exact=number % 4 in (0, 1), gently=number % 8 > 3):
        recorder = Recorder(ensemble)
        deque(passes(recorder), maxlen=0)
    return recorder.recording().data
