"""Deaths: which units are dead on the training samples, as many as there are, when a run is over.

At every look a unit is judged on the probe, which is a part of them. One that is active there is not dead, so the other
samples are only looked at for those that are not: in most runs for none. Pieces are as large as the probe, so a piece
needs no more memory than a look, and a normalization takes its statistics from as many samples.
"""

import torch
from torch import Tensor

from core.measuring.pictures import frozen
from core.measuring.recording import Deaths
from core.networks.data import Data
from core.networks.network import Network

MOST_SAMPLES = 10_000  # that are looked at, the probe included


@torch.no_grad()
def deaths_of(network: Network, data: Data, on_probe: Tensor) -> Deaths:
    """Of one network, whose units that are dead `on_probe` (layer, unit) are known."""
    inputs, piece = data.inputs[:MOST_SAMPLES], len(data.probe_inputs)
    dead = on_probe.to(inputs.device)
    for start in range(piece, len(inputs), piece):
        if not bool(dead.any()):
            break
        trace = network.trace(inputs[start : start + piece], batch_statistics=True)
        slopes = network.slope(torch.stack(trace.pre_activations, -3))  # (layer, sample, unit)
        dead = dead & (slopes == 0).all(-2)
    return Deaths(max(len(inputs), piece), frozen(dead.float().mean(-1).numpy(force=True).astype(float)))
