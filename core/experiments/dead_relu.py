"""ReLU units over points in the plane: where each unit's line lies, which are dead, and how one step kills one.

And what a bias does against it, in the plane and in a wide layer.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.config import Config
from core.networks.data import load
from core.theory.death import active_share, dead_in_plane, killing_learning_rate
from core.training import record

CENTRED = Config(dataset="star_cloud", samples=100, preprocessing="center")
WIDE = Config(
    dataset="gaussian",
    features=500,
    samples=1000,
    probe_size=1000,
    preprocessing="none",
    width=500,
    depth=1,
    activation="relu",
    initializer="he_normal",
    steps=0,
)
SPREAD = tuple(np.linspace(-2, 2, 41).tolist())  # biases, evenly
STATES = ("on_for_some", "on_for_all", "dead")  # of a unit, by the points that it is on for


def cloud(middle: tuple[float, float], bias: float, units: int) -> xr.Dataset:
    """A star-shaped cloud around this point, and units with weights of N(0, 1), which is He's, as of `units_over`."""
    inputs = load(CENTRED).inputs.numpy().astype(np.float64)
    weights = torch.randn(units, 2, generator=CENTRED.generator("weights"), dtype=torch.float64).numpy()
    return units_over(inputs + np.array(middle), weights, bias)


def units_over(points: Array, weights: Array, bias: float) -> xr.Dataset:
    """ReLU units of these weights (unit, input), which share one bias, over points (sample, input).

    points (sample, input); weights (unit, input); bias; z (sample, unit): the pre-activations, and a unit is on where
    z > 0; state_of (unit,): which of STATES it is in; share (state,): the share of units in each of STATES; and
    expected_dead: the share of dead units among infinitely many.
    """
    z = points @ weights.T + bias
    on = z > 0
    states = np.where(on.any(0), np.where(on.all(0), 1, 0), 2)
    return xr.Dataset(
        {
            "points": (("sample", "input"), points),
            "weights": (("unit", "input"), weights),
            "bias": bias,
            "z": (("sample", "unit"), z),
            "state_of": ("unit", np.array(STATES)[states]),
            "share": ("state", np.bincount(states, minlength=len(STATES)) / len(weights)),
            "expected_dead": dead_in_plane(points, bias),
        },
        {"state": list(STATES)},
    )


def with_biases(over: xr.Dataset, biases: Sequence[float]) -> xr.Dataset:
    """The units over the points of a cloud, with each of these biases instead of their own.

    The share of dead units, measured (bias,) and by theory, expected (bias,).
    """
    points = over["points"].values
    farthest = over["z"].values.max(0) - over["bias"].item()  # the largest that z gets without a bias, of each unit
    measured = (farthest[:, None] + np.array(biases) <= 0).mean(0)
    expected = [dead_in_plane(points, bias) for bias in biases]
    return xr.Dataset({"measured": ("bias", measured), "expected": ("bias", expected)}, {"bias": list(biases)})


@lru_cache(maxsize=16)
def on_in_a_wide_layer(biases: tuple[float, ...]) -> xr.Dataset:
    """The share of activations that are on in one wide layer of He's weights and N(0, 1) data, with each of the biases.

    It is measured (bias,); and expected (bias,) to be Φ(b/√2): √2 is the standard deviation of z there.
    """
    measured = [1 - _zeros(replace(WIDE, bias_init=bias)) for bias in biases]
    expected = [active_share(bias / 2**0.5) for bias in biases]
    return xr.Dataset({"measured": ("bias", measured), "expected": ("bias", expected)}, {"bias": list(biases)})


def _zeros(config: Config) -> float:
    return float(record(config).variables["zero_fraction"].values.squeeze())


def blow(over: xr.Dataset, times: float) -> xr.Dataset:
    """A step at so many times the killing learning rate, for the unit that is on for most but not all points.

    The loss is the mean of its activations, as if all that follows wanted them smaller. Raises ValueError where there
    is no such unit, or none that a step can kill.

    z (time, sample) of the unit "before" and "after" the step; share (time,): of the points that it is on for; and
    killing_rate: the learning rate from which on it is dead afterwards.
    """
    on = over["z"].values > 0
    shares = on.mean(0)
    in_part = np.flatnonzero((shares > 0) & (shares < 1))
    for unit in in_part[np.argsort(-shares[in_part], kind="stable")]:
        before, pull = over["z"].values[:, unit], _pull(over["points"].values, on[:, unit])
        rate = killing_learning_rate(before, pull)
        if rate < np.inf:
            return _step(before, before - times * rate * pull, rate)
    raise ValueError(f"none of {len(shares)} units is on for a part of the points and can be killed by a step")


def _pull(points: Array, active: Array) -> Array:
    """By how much, of the learning rate, a step lowers z of each point: g_w · x + g_b, from the points that are on."""
    gradient = (active[:, None] * points).mean(0)
    lowered: Array = points @ gradient + active.mean()
    return lowered


def _step(before: Array, after: Array, killing_rate: float) -> xr.Dataset:
    z = np.stack([before, after])
    return xr.Dataset(
        {"z": (("time", "sample"), z), "share": ("time", (z > 0).mean(1)), "killing_rate": killing_rate},
        {"time": ["before", "after"]},
    )
