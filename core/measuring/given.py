"""Given: what is known of samples before any network looks at them."""

import torch

from core.choices.losses import Loss
from core.measuring.pictures import frozen
from core.measuring.recording import Baseline, InputSizes
from core.networks.data import Data


def guess_of(loss: Loss, data: Data) -> Baseline:
    """What is reached without looking at the inputs."""
    targets, nan = data.targets, float("nan")
    of_loss = loss.guess(data.classes, targets)
    if data.classes:
        return Baseline(of_loss, int(targets.bincount().max()) / len(targets), (nan, nan))
    probe, held_out = (
        float(t.double().var(0, correction=0).mean()) for t in (data.probe_targets, data.validation_targets)
    )
    return Baseline(of_loss, nan, (probe, held_out))


def sizes_of(data: Data) -> InputSizes:
    """How large the inputs of the probe are."""
    deviations, means = torch.std_mean(data.probe_inputs.double(), 0, correction=0)
    return InputSizes(frozen(means.numpy(force=True)), frozen(deviations.numpy(force=True)))
