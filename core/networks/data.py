"""Data: the samples of a Config, chosen, split, preprocessed and ready for training.

Which samples are trained on and which are held out is drawn from the seed. The probe, on which everything is measured,
is a fixed part of the training samples; batches are drawn apart from it.
"""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Self

import torch
from torch import Tensor

from core.choices.preprocessing import ROWS_AT_ONCE, Transform, preprocessings
from core.config import Config
from core.config.config import REMEMBERED
from core.datasets import datasets
from core.datasets.downloads import Download
from core.datasets.samples import Samples
from core.datasets.uploads import recall
from core.memory.caches import Cache
from core.memory.gate import GATE
from core.networks.threads import one_thread

VALIDATION_PART = 4  # one held-out sample for this many training samples ...
HELD_OUT_PART = 5  # ... and never more than one in this many of all there are


@dataclass(frozen=True)
class Data:
    """Inputs (sample, feature) as float32 and targets of one Config.

    The targets are class numbers (sample,); of a regression, whose `classes` are 0, float32 numbers (sample, output).
    The probe is the first `probe_size` of the training samples, which are in random order.
    """

    inputs: Tensor
    targets: Tensor
    validation_inputs: Tensor
    validation_targets: Tensor
    probe_inputs: Tensor
    probe_targets: Tensor
    classes: int

    def to(self, device: str) -> Self:
        """The same samples, on another device."""
        tensors = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "classes"}
        return replace(self, **{name: tensor.to(device) for name, tensor in tensors.items()})

    @property
    def nbytes(self) -> int:
        """Memory that the samples take; the probe is a view of them."""
        return sum(t.nbytes for t in (self.inputs, self.targets, self.validation_inputs, self.validation_targets))


def load(config: Config) -> Data:
    """The data of a Config, from a bounded cache if it was loaded before. Raises DataUnavailable, NoRoomError."""
    key = decides_on_data(config)
    data = _loaded.get(key) or _reserved(key)
    probe = slice(config.probe_size)
    return replace(data, probe_inputs=data.inputs[probe], probe_targets=data.targets[probe])


@lru_cache(maxsize=REMEMBERED)
def decides_on_data(config: Config) -> Config:
    """What decides on the data, and defaults for all else."""
    names = [name for name, field in config.fields().items() if field.decides_on_data and config.matters(name)]
    return replace(Config.default(), **{name: getattr(config, name) for name in names})


_loaded: Cache[Data] = Cache(1 / 4, 400_000_000, lambda data: data.nbytes, owned=True)  # MNIST whole is 220 MB


def _reserved(config: Config) -> Data:
    """The data of a Config, once there is memory to load them."""
    download = datasets[config.dataset].download
    beside = download.reading if download else 2 * recall(config.table).nbytes if config.matters("table") else 0
    with GATE.reserve(config.loading + beside) as room:
        data = _load(config)
        room.keep(data.nbytes, data.inputs)
        return data


@_loaded.remembers
@one_thread()
def _load(config: Config) -> Data:
    samples = draw_samples(config)
    chosen, held_out = split(samples, config)
    raw, raw_held_out = (_numbers(samples, part) for part in (chosen, held_out))
    targets, held_out_targets, classes = samples.targets[chosen], samples.targets[held_out], samples.classes
    del samples  # before there are more copies of them
    transform = preprocessings[config.preprocessing](raw)
    inputs = _done(transform, raw)
    if not classes:  # numbers of any size: those of the training samples get mean 0 and variance 1
        standard = preprocessings["standardize"](targets)
        targets, held_out_targets = standard(targets).float(), standard(held_out_targets).float()
    return Data(
        inputs=inputs,
        targets=targets,
        validation_inputs=_done(transform, raw_held_out),
        validation_targets=held_out_targets,
        probe_inputs=inputs,
        probe_targets=targets,
        classes=classes,
    )


def _numbers(samples: Samples, chosen: Tensor) -> Tensor:
    """The chosen inputs as they are, in doubles too: before preprocessing a large offset may hide what varies."""
    values = samples.inputs[chosen]
    return (values if values.is_floating_point() else values.float()).mul_(samples.scale)


def _done(transform: Transform, raw: Tensor) -> Tensor:
    """What preprocessing makes of inputs, some rows at once and in their own memory: they may be most of what there is
    room for."""
    done = raw if raw.dtype == torch.float32 else torch.empty(raw.shape)
    for place in range(0, len(raw), ROWS_AT_ONCE):
        rows = slice(place, place + ROWS_AT_ONCE)
        done[rows] = transform(raw[rows])
    return done


def to_download(config: Config) -> Download | None:
    """What loading the data of a Config has to download first; None where nothing has to be."""
    download = datasets[config.dataset].download
    return download if download is not None and not download.here else None


def draw_samples(config: Config) -> Samples:
    """What the data set of the Config gives when it is asked for training and validation samples together."""
    offer = {
        "count": config.samples + max(1, config.samples // VALIDATION_PART),
        "generator": config.generator("data"),
        **{f.name: getattr(config, f.name) for f in fields(config)},
    }
    return datasets[config.dataset](**{name: offer[name] for name in datasets.asks_for(config.dataset)})


def split(samples: Samples, config: Config) -> tuple[Tensor, Tensor]:
    """The positions of the training and of the held-out samples, in random order.

    Where a data set has an official test set, the held-out samples come from it, and no others do.
    """
    generator = config.generator("split")
    total = len(samples.inputs)
    wanted = max(1, config.samples // VALIDATION_PART)
    if samples.official_test:
        first_test = total - samples.official_test
        order = torch.randperm(first_test, generator=generator)
        test_order = first_test + torch.randperm(samples.official_test, generator=generator)
        return order[: config.samples], test_order[:wanted]
    order = torch.randperm(total, generator=generator)
    held_out = min(wanted, max(1, total // HELD_OUT_PART))
    return order[held_out:][: config.samples], order[:held_out]
