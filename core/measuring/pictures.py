"""Pictures: what a network says everywhere, for data whose inputs have one or two features."""

from typing import Any

import torch
from torch import Tensor

from core.array import Array
from core.choices.losses import Loss
from core.measuring.recording import NO_CLASS, FittedCurve, Plane
from core.networks.data import Data
from core.networks.network import Network

GRID = 48  # points a side on which the decision regions are drawn
LINE = 200  # points on which a curve is drawn
POINTS = 300  # training samples drawn with them
MARGIN = 0.15  # of the data's extent, left free around it


class PlanePicture:
    """A grid over data of two features, and the class that the network answers there."""

    def __init__(self, data: Data, loss: Loss) -> None:
        self._data, self._loss = data, loss
        self._sides = [side(data.inputs[:, axis], GRID) for axis in (0, 1)]
        self._points = torch.cartesian_prod(self._sides[1], self._sides[0]).flip(1)  # (vertical · horizontal, 2)

    def predict(self, network: Network) -> Tensor:
        """The class numbers (vertical, horizontal)."""
        with torch.no_grad():
            outputs = network.outputs(self._points)
            label = self._loss.answers(outputs).masked_fill(outputs.isnan().any(-1), NO_CLASS)
            return label.to(torch.uint8).view(GRID, GRID)

    def recorded(self, prediction: Array) -> dict[str, Any]:
        """What a Recording has of it, given the predictions (step, vertical, horizontal)."""
        horizontal, vertical = (side.numpy() for side in self._sides)
        points, labels = self._data.inputs[:POINTS].numpy(), self._data.targets[:POINTS].numpy()
        return {"plane": Plane(*map(frozen, (horizontal, vertical, prediction, points.copy(), labels.copy())))}


class CurvePicture:
    """A line along data of one feature, and the number that the network answers there."""

    def __init__(self, data: Data, loss: Loss) -> None:
        self._data, self._line = data, side(data.inputs[:, 0], LINE)

    def predict(self, network: Network) -> Tensor:
        """The first output (position,)."""
        with torch.no_grad():
            return network.outputs(self._line[:, None])[:, 0]

    def recorded(self, prediction: Array) -> dict[str, Any]:
        """What a Recording has of it, given the predictions (step, position)."""
        points, targets = self._data.inputs[:POINTS, 0].numpy(), self._data.targets[:POINTS, 0].numpy()
        return {"curve": FittedCurve(*map(frozen, (self._line.numpy(), prediction, points.copy(), targets.copy())))}


InputPicture = PlanePicture | CurvePicture


def picture_of(data: Data, loss: Loss) -> InputPicture | None:
    """The picture that can be drawn of a network on this data; None if it has more features, or none that fits."""
    features = data.inputs.shape[1]
    if data.classes and features == 2:
        return PlanePicture(data, loss)
    if not data.classes and features == 1:
        return CurvePicture(data, loss)
    return None


def frozen(values: Array) -> Array:
    """The array, which from now on nobody can write to."""
    values.flags.writeable = False
    return values


def side(values: Tensor, count: int) -> Tensor:
    """Even positions over the values, and some way beyond."""
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low)
    return torch.linspace(low - margin, high + margin, count)
