"""The perceptron: one unit with a step, over two inputs that are 0 or 1, alone or behind two units of a hidden layer.

Step 1 where w · x exceeds the threshold, 0 elsewhere (Rosenblatt 1958). A single one draws a line, so XOR is beyond it
(Minsky & Papert 1969).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.config import Config
from core.measuring import Recording
from core.networks import build
from core.training import record

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES: Mapping[str, tuple[int, ...]] = MappingProxyType(  # what is asked for at the corners
    {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}
)
LOW, HIGH, CELLS = -0.5, 1.5, 60  # the plane around the corners, and the cells of one of its sides
DIRECTIONS, THRESHOLDS = 360, 201  # of lines that are tried


class Unit(NamedTuple):
    """Two weights and a threshold; behind a hidden layer its inputs are OR and AND of what comes in."""

    first: float
    second: float
    threshold: float
    hidden: bool = False

    def answers(self, inputs: Array) -> Array:
        """0 or 1 for each of the inputs (…, 2)."""
        seen = _hidden(inputs) if self.hidden else inputs
        answers: Array = (seen @ np.array([self.first, self.second]) > self.threshold).astype(int)
        return answers

    def share_right(self, gate: str) -> float:
        """The share of the four corners that it answers as the gate asks."""
        return float((self.answers(CORNERS) == GATES[gate]).mean())


def _hidden(inputs: Array) -> Array:
    """OR and AND of the two inputs: two units with a step, both with weights 1, at the thresholds 1/2 and 3/2."""
    total = inputs.sum(-1)
    return np.stack([total > 0.5, total > 1.5], -1).astype(float)


def answered(unit: Unit, gate: str) -> xr.Dataset:
    """What a unit answers in the plane of its two inputs, and at the four corners, where a gate asks for something.

    plane (second, first): 0 or 1 in the middle of each cell, which lies between two of the edge (side,); answer and
    wanted (corner,): 0 or 1 where the inputs (corner, input) are CORNERS.
    """
    edges = np.linspace(LOW, HIGH, CELLS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    points = np.stack(np.meshgrid(middles, middles), -1)  # (second, first, input)
    return xr.Dataset(
        {
            "plane": (("second", "first"), unit.answers(points)),
            "edge": ("side", edges),
            "inputs": (("corner", "input"), CORNERS),
            "answer": ("corner", unit.answers(CORNERS)),
            "wanted": ("corner", list(GATES[gate])),
        },
        {"first": middles, "second": middles, "input": ["first", "second"]},
    )


def best_share(gate: str, *, hidden: bool = False) -> float:
    """The share that the best unit gets right: all directions and thresholds are tried."""
    angles = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    inputs = _hidden(CORNERS) if hidden else CORNERS
    sums = inputs @ np.stack([np.cos(angles), np.sin(angles)])  # (corner, direction)
    answers = sums[..., None] > np.linspace(-2, 2, THRESHOLDS)
    right = answers == np.array(GATES[gate], bool)[:, None, None]
    return float(right.mean(0).max())


def step_gradient(run: Callable[[Config], Recording] = record) -> float:
    """The largest gradient that reaches any weight of a hidden layer through steps, on XOR. `run` may be uncached."""
    untrained = run(Config(dataset="xor", activation="step", depth=2, width=8, steps=0))
    return float(untrained.variables["weight_gradient_norm"].values.max())


def product_difference(depth: int) -> float:
    """The largest difference between the outputs of linear layers and those of their one product, over all samples."""
    network = build(Config(dataset="blobs", activation="identity", depth=depth, width=8, steps=0)).double()
    inputs = torch.randn(100, 2, generator=Config.default().generator("data")).double()
    weight, bias = torch.eye(2).double(), torch.zeros(2).double()
    with torch.no_grad():
        for layer_weight, layer_bias in zip(network.weights, network.biases, strict=True):
            weight, bias = layer_weight @ weight, layer_weight @ bias + layer_bias
        return float((network(inputs) - (inputs @ weight.T + bias)).abs().max())
