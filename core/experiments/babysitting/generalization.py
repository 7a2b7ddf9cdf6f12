"""Training against held-out samples, step by step: where the gap between their losses opens, and where it stays closed.

The same network learns from few digits and from many, and is tried on as many that it does not learn from. Which ones
those are, and its first weights, are drawn from the seed; every curve is a mean over SEEDS.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.array import Array
from core.config import Config
from core.datasets.samples import Samples
from core.measuring.recorder import Recorder
from core.measuring.recording import SPLITS
from core.networks.data import draw_samples, split
from core.networks.ensemble import Ensemble
from core.sweeps import grid
from core.training import passes

RATES = (0.0001, 0.001, 0.003, 0.01, 0.03)
SEEDS = range(3)
HELD_OUT = 350
FEW = (50, 100, 200, 400)
MANY = 1400  # nearly all digits but those that are held out
NETWORK = Config(preprocessing="none", depth=1, width=32, batch_size=32, optimizer="adam", steps=100, snapshots=15)
OPEN = 0.1  # nats by which a gap has grown when it is called open


def against(samples: int, steps: Array, losses: Array) -> xr.Dataset:
    """What follows from the losses (step, split) of networks that have learned from so many samples.

    loss (step, split) in nats; gap (step,): that on held-out samples minus that on training samples; lowest: the step
    with the lowest loss on held-out samples, the first of equals; opens: whether the gap has grown by more than OPEN
    from the first to the last step.
    """
    gap = losses[:, 1] - losses[:, 0]
    found = {
        "loss": (("step", "split"), losses),
        "gap": ("step", gap),
        "lowest": int(steps[losses[:, 1].argmin()]),
        "opens": bool(gap[-1] - gap[0] > OPEN),
    }
    return xr.Dataset(found, {"step": steps, "split": list(SPLITS)}, {"samples": samples})


def curves(samples: int, learning_rate: float) -> xr.Dataset:
    """Networks that learn from so many digits at one of RATES, mean over SEEDS; see `against`.

    Of the training samples HELD_OUT are looked at where there are more; validation is as many that they have not
    learned from. Raises ValueError for another rate.
    """
    if learning_rate not in RATES:
        raise ValueError(f"learning_rate must be one of {', '.join(map(str, RATES))}; got {learning_rate!r}")
    return _at_all_rates(samples)[RATES.index(learning_rate)]


@lru_cache(maxsize=8)
def _at_all_rates(samples: int) -> tuple[xr.Dataset, ...]:
    """The curves at each of RATES: in one pass they cost little more than one."""
    config = replace(NETWORK, samples=samples, probe_size=min(samples, HELD_OUT))
    runs = grid(config, learning_rate=RATES, seed=SEEDS)
    ensemble = Ensemble(runs)
    digits = draw_samples(config)  # the same for every seed: all there are
    others = [unseen(digits, replace(config, seed=seed)) for seed in SEEDS] * len(RATES)  # in the order of the runs
    inputs, targets = map(torch.stack, zip(*others, strict=True))  # (run, sample, …)
    recorder, held_out = Recorder(ensemble, ()), []
    for _, news in passes(recorder):
        if news:
            with torch.no_grad():
                held_out.append(ensemble.loss(ensemble.network.outputs(inputs), targets))
    train = recorder.dataset()["loss"].sel(split="train")  # (run, step)
    losses = np.stack([train.values, torch.stack(held_out, 1).double().numpy()], -1)  # (run, step, split)
    by_rate = losses.reshape(len(RATES), len(SEEDS), *losses.shape[1:]).mean(1)
    return tuple(against(samples, train["step"].values, curve) for curve in by_rate)


def unseen(samples: Samples, config: Config) -> tuple[Tensor, Tensor]:
    """HELD_OUT of the samples that a Config does not train on: more than it holds out itself, where its own are few."""
    chosen, _ = split(samples, config)
    order = torch.randperm(len(samples.inputs), generator=config.generator("unseen"))
    places = order[~torch.isin(order, chosen)][:HELD_OUT]
    return samples.inputs[places] * samples.scale, samples.targets[places]
