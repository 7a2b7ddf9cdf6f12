"""Networks that are dead before training begins, by width and depth; and units that only look dead, by the probe.

Weights are He's, and biases zero. Then the scale of the weights plays no part: it moves no z across zero.
"""

from dataclasses import replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import torch
import xarray as xr

from core.config import Config
from core.networks import build
from core.networks.data import load
from core.networks.network import affine
from core.theory import predict
from core.theory.death import born_dead, looks_dead, probe_needed

RANDOM = Config()  # decides on all that is random
NETWORKS, INPUTS, DEEPEST = 4000, 16, 30  # tiny ones, made at once; what each of them sees; their layers
PROBES = (10, 100, 1000)  # samples on which the units of one large network are looked at
LARGE = Config(
    dataset="gaussian",
    features=500,
    samples=max(PROBES),
    probe_size=max(PROBES),
    width=500,
    depth=10,
    activation="relu",
    initializer="he_normal",
    bias_init=0.0,
    steps=0,
)
TRIED = 1000  # probes of each size, on which one unit is looked at
SIZES = tuple(2**power for power in range(13))


@lru_cache(maxsize=16)
def stillborn(width: int) -> xr.Dataset:
    """NETWORKS of one width, with as many features, at each depth up to DEEPEST. Raises ValueError without a unit.

    dead (inputs, depth): the share of networks whose output is constant at this depth, as one of their layers is dead:
    on one input, or on all of INPUTS. expected (depth,): theory of one input, which bounds the share for more.
    """
    if width < 1:
        raise ValueError(f"a layer needs at least one unit; got a width of {width!r}")
    signal = torch.randn(NETWORKS, INPUTS, width, generator=RANDOM.generator("data"))
    generator, no_bias, passed = RANDOM.generator("weights"), torch.zeros(NETWORKS, width), []
    for _ in range(DEEPEST):
        weight = (2 / width) ** 0.5 * torch.randn(NETWORKS, width, width, generator=generator)
        signal = torch.relu(affine(signal, weight, no_bias))
        passed.append((signal > 0).any(-1))
    alive = torch.stack(passed).numpy()  # (depth, network, input)
    dead = [(~alive[..., 0]).mean(-1), (~alive.any(-1)).mean(-1)]
    depths = list(range(1, DEEPEST + 1))
    return xr.Dataset(
        {"dead": (("inputs", "depth"), dead), "expected": ("depth", [born_dead(width, depth) for depth in depths])},
        {"inputs": [1, INPUTS], "depth": depths},
        {"networks": NETWORKS},
    )


@lru_cache(maxsize=16)
def silent(weight_scale: float) -> xr.Dataset:
    """The units of LARGE, with weights of so many times He's.

    The share of a layer's units that are dead, measured (probe, layer) and by theory, expected (probe, layer). A probe
    is the first of its samples, as many as PROBES say. signal: the standard deviation of what the last layer passes on.
    """
    config = replace(LARGE, weight_scale=weight_scale)
    with torch.no_grad():
        trace = build(config).trace(load(config).probe_inputs)
    on = torch.stack(trace.pre_activations).numpy() > 0  # (layer, sample, unit)
    expected = [predict(replace(config, probe_size=probe)).variables["dead_fraction"] for probe in PROBES]
    return xr.Dataset(
        {
            "measured": (("probe", "layer"), [(~on[:, :probe].any(1)).mean(-1) for probe in PROBES]),
            "expected": (("probe", "layer"), expected),
            "signal": float(trace.activations[-1].std(correction=0)),
        },
        {"probe": list(PROBES), "layer": np.arange(1, LARGE.depth + 1)},
        {"width": LARGE.width},
    )


@lru_cache(maxsize=16)
def looks(active: float) -> xr.Dataset:
    """A unit that is on for a share `active` of its data, whose pre-activations are normal, on TRIED probes.

    The share of probes on which this living unit is silent, measured (size,) and by theory, expected (size,), for each
    of SIZES; and needed: the size of the probe that suffices in 95 of 100 cases. Raises ValueError for a share that is
    not between 0 and 1.
    """
    if not 0 < active < 1:
        raise ValueError(f"the share of samples a unit is on for must be between 0 and 1; got {active!r}")
    bias = NormalDist().inv_cdf(active)
    on = (torch.randn(TRIED, SIZES[-1], generator=RANDOM.generator("probes")) + bias > 0).numpy()
    return xr.Dataset(
        {
            "measured": ("size", [(~on[:, :size].any(1)).mean() for size in SIZES]),
            "expected": ("size", [looks_dead(active, size) for size in SIZES]),
            "needed": probe_needed(active),
        },
        {"size": list(SIZES)},
    )
