"""Deaths: which units are dead on the training samples, as many as there are, when a run is over.

At every look a unit is judged on the probe, which is a part of them. One that is active there is not dead, so the other
samples are only looked at for those that are not: in most runs for none. They come in even pieces, about as large as
the probe, so that a piece needs no more memory than a look, but never in very small ones, which would take long, and of
which batch norm could take no statistics.
"""

import torch
from torch import Tensor

from core.measuring.pictures import frozen
from core.measuring.recording import Deaths
from core.networks.data import Data
from core.networks.network import Network

MOST_SAMPLES = 10_000  # that are looked at, the probe included
PIECE = 256


@torch.no_grad()
def deaths_of(network: Network, data: Data, on_probe: Tensor) -> Deaths:
    """Of one network, whose units that are dead `on_probe` (layer, unit) are known."""
    inputs, probe = data.inputs[:MOST_SAMPLES], len(data.probe_inputs)
    dead, others = on_probe.to(inputs.device), inputs[probe:]
    for piece in others.tensor_split(max(1, round(len(others) / max(PIECE, probe)))):
        if not (len(piece) and bool(dead.any())):
            break
        trace = network.trace(piece, batch_statistics=True)
        slopes = network.slope(torch.stack(trace.pre_activations, -3))  # (layer, sample, unit)
        dead = dead & (slopes == 0).all(-2)
    return Deaths(max(len(inputs), probe), frozen(dead.float().mean(-1).numpy(force=True).astype(float)))
