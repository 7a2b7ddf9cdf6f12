"""Needs: how many bytes of memory the network of a Config takes while it is measured and trained, before it is.

An estimate from the Config alone, of the largest things, part by part: each is a product of fields, times so many
bytes. These are set so that what is measured stays below, and is at least a quarter of it (tests/config/test_needs.py).
"""

from collections.abc import Callable, Mapping
from math import prod

Names = tuple[str, ...]

ALWAYS = 3_000_000
WEIGHTS = 4 * 4  # each weight, its gradient, and both once more in double precision
TRAINED = 4 * 5  # what training has beside: the gradient in one piece, the newest step, what an optimizer keeps
PROBE = 4 * 11  # tensors of the size of the probe in all layers: signals, slopes, gradients, and these in order
NORMALIZED = 4 * 12  # more of them, where each normalized layer is found once more in double precision
BATCH = 4 * 4  # tensors of the size of the batch in all layers
REMEMBERED = 4 * 2  # each weight, for each step and each gradient that an optimizer remembers
UNIT, LAYER = 14, 900  # of a recording, for each unit or layer at each step
INPUT = 4 * 3  # the samples and a quarter as many, as the data set gives them and as they are chosen from it
TURNED = 8 * 10  # matrices of features, in double precision, where preprocessing finds principal components

DEEP, FIRST = ("depth", "width", "width", "activation"), ("width", "features", "activation")
DATA, TURNING = ("samples", "features"), ("features", "features")


def parts(size: Callable[[str], int], *, trained: bool, normalized: bool, turned: bool) -> Mapping[Names, int]:
    """The bytes of each part, by the fields whose product it is. `size` tells how much a field counts."""
    per = {
        DEEP: WEIGHTS + trained * TRAINED,
        FIRST: WEIGHTS + trained * TRAINED,
        (*FIRST, "history"): trained * REMEMBERED,
        (*DEEP, "history"): trained * REMEMBERED,
        ("depth", "width", "activation", "probe_size"): PROBE + normalized * NORMALIZED,
        ("depth", "width", "activation", "batch_size"): trained * BATCH,
        ("depth", "width", "snapshots"): UNIT,
        ("depth", "snapshots"): LAYER,
        DATA: INPUT,
        TURNING: turned * TURNED,
    }
    return {names: each * prod(map(size, names)) for names, each in per.items()}
