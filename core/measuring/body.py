"""Body: a network of few units a layer, as it was at each step of its run, and what its units do.

Its parameters are few, so a Recording keeps all of them, and everything else is found from them when somebody asks: the
network is built again and runs once more. Wider networks have none, so that measuring them costs no more.

What units answer on the probe is as it was measured, with the statistics of the probe where there is a normalization;
what they answer elsewhere is as the network would be used, with the running ones, as in decision regions.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.array import Array
from core.choices.normalizations import is_after
from core.choices.preprocessing import turns
from core.config import Config
from core.config.chosen import phi
from core.datasets import datasets
from core.measuring.pictures import frozen, side
from core.measuring.recording import Body, Recording
from core.networks.data import Data, load
from core.networks.network import Network, blank

NARROW = 12  # most units of a layer that are drawn each
SEEN_FEATURES = 2  # what a unit sees of more cannot be drawn
LARGE = 2.0  # standard deviations of a signal that keeps its size


class Answers(NamedTuple):
    """What units answer: `hidden` (layer, sample, unit) their activations, `outputs` (sample, output)."""

    hidden: Array
    outputs: Array


def is_narrow(config: Config) -> bool:
    """Whether the network of a Config has few units a layer, and any at all."""
    return config.depth > 0 and config.width <= NARROW


def state_of(network: Network) -> Tensor:
    """All parameters and running statistics (number,), one after the other."""
    return torch.cat([part.flatten() for part in network.state_dict().values()])


def body_of(config: Config, data: Data, outputs: int, state: Array) -> Body:
    """What a Recording has of it, given the states (step, number)."""
    features = data.inputs.shape[1]
    few = range(features if features <= SEEN_FEATURES else 0)
    ends = [side(data.inputs[:, feature], 2).numpy(force=True) for feature in few]
    return Body(
        state=frozen(state),
        inputs=frozen(data.probe_inputs.numpy(force=True)),
        targets=frozen(data.probe_targets.numpy(force=True)),
        outputs=outputs,
        ends=frozen(np.array(ends, np.float32).reshape(-1, 2)),
        pixels=() if turns(config.preprocessing) else datasets[config.dataset].pixels,
    )


def known_body(recording: Recording) -> Body:
    """The body of a recording. Raises ValueError where it has none."""
    if recording.body is None:
        raise ValueError(f"this needs the parameters of every step, which are kept up to {NARROW} units a layer")
    return recording.body


def raw_probe(recording: Recording) -> Array:
    """The probe (sample, feature) before preprocessing where it is pixels, whose values are from 0 to 1; else after.

    Raises DataUnavailable.
    """
    body = known_body(recording)
    if not body.pixels:
        return body.inputs
    raw: Array = load(replace(recording.known_config, preprocessing="none")).probe_inputs.numpy()
    return raw


def parts_of(recording: Recording) -> dict[str, Array]:
    """Parameters and running statistics (step, …) by their names in a network. Raises ValueError without a body."""
    body = known_body(recording)
    network = blank(recording.known_config, body.inputs.shape[1], body.outputs)
    shapes = {name: part.shape for name, part in network.state_dict().items()}
    parts = np.split(body.state, np.cumsum([shape.numel() for shape in shapes.values()])[:-1], axis=1)
    return {name: part.reshape(-1, *shapes[name]) for name, part in zip(shapes, parts, strict=True)}


def network_at(recording: Recording, row: int) -> Network:
    """The network as it was at the step in this row of the axis of steps. Raises ValueError without a body."""
    body = known_body(recording)
    network = blank(recording.known_config, body.inputs.shape[1], body.outputs)
    network.load_state_dict({name: torch.tensor(part[row]) for name, part in parts_of(recording).items()})
    return network


def answers_on_probe(network: Network, body: Body) -> Answers:
    """What the units answer on the samples of the probe, as it was measured."""
    return _answers(network, torch.tensor(body.inputs), batch_statistics=True)


def answers_at(network: Network, points: Array) -> Answers:
    """What the units answer at points (sample, feature), as the network would be used."""
    return _answers(network, torch.tensor(points, dtype=torch.float32), batch_statistics=False)


def points_of(body: Body, count: int) -> Array:
    """The points (row · column, feature) of a grid over the plane, from top left, or along the line."""
    sides = [np.linspace(low, high, count, dtype=np.float32) for low, high in body.ends]
    if len(sides) == 1:
        return sides[0][:, None]
    x, y = np.meshgrid(sides[0], sides[1][::-1])
    return np.stack([x.ravel(), y.ravel()], 1)


def weights_of(recording: Recording) -> list[Array]:
    """The weights (step, unit, input) of every layer, the outputs last. Of a unit of several pieces, the stronger."""
    every = [part for name, part in parts_of(recording).items() if name.startswith("weight_")]
    return [_strongest(weight, _pieces(recording)) for weight in every[:-1]] + every[-1:]


def biases_of(recording: Recording, layer: int) -> Array:
    """The biases (step, unit, piece) of a hidden layer, counted from 1."""
    biases = parts_of(recording)[f"bias_{layer}"]
    by_piece: Array = biases.reshape(len(biases), _pieces(recording), -1).swapaxes(1, 2)
    return by_piece


def _pieces(recording: Recording) -> int:
    return phi(recording.known_config).activation.pieces


def _strongest(weight: Array, pieces: int) -> Array:
    """Of weights (step, piece · unit, input) those of the largest size (step, unit, input)."""
    if pieces == 1:
        return weight
    by_piece = weight.reshape(len(weight), pieces, -1, weight.shape[-1])
    found: Array = np.take_along_axis(by_piece, np.abs(by_piece).argmax(1)[:, None], 1)[:, 0]
    return found


@torch.no_grad()
def _answers(network: Network, inputs: Tensor, *, batch_statistics: bool) -> Answers:
    trace = network.trace(inputs, batch_statistics=batch_statistics)
    return Answers(torch.stack(trace.activations).numpy(), trace.outputs.numpy())


def full_size(config: Config) -> float:
    """The largest size that an activation can have, and at most what is large for a signal of size 1."""
    bounds = () if is_after(config.normalization) else (phi(config).low, phi(config).high)
    return min(LARGE, max(map(abs, bounds), default=LARGE))
