"""Normalizations: what a layer does to its signal so that its size stays the same.

One decorated class is one normalization, a module whose shape is that of the units (…, unit). It has a learned scale
and shift for each, and says whether it stands `after` the activation or before it.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.registry import Registry

EPSILON = 1e-5  # as in nn.BatchNorm1d and nn.LayerNorm
MOMENTUM = 0.1  # share of the newest batch in the running statistics, as in nn.BatchNorm1d


class Normalization(nn.Module):
    """Brings its input (…, sample, unit) to mean 0 and variance 1, then applies a learned scale and shift."""

    after = False

    def __init__(self, shape: torch.Size) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(shape))
        self.shift = nn.Parameter(torch.zeros(shape))

    def forward(self, signal: Tensor, *, batch_statistics: bool, track: bool) -> Tensor:
        """With the statistics of this batch, or with running ones; `track` updates these."""
        raise NotImplementedError


normalizations: Registry[Callable[..., Normalization | None]] = Registry("normalization")


def normalization(made: Callable[..., Normalization | None]) -> Callable[..., Normalization | None]:
    """Register the decorated class, or a function that makes none, as a normalization."""
    return normalizations.add(made.__name__, made, made.__doc__)


def is_after(name: str) -> bool:
    """Whether this normalization stands after the activation."""
    return bool(getattr(normalizations[name], "after", False))


@normalization
def none(shape: torch.Size) -> None:
    """The signal as it is: its size is up to the weights."""


@normalization
class batch_norm(Normalization):  # noqa: N801  # its name is the key
    """Every unit over the samples of the batch, before its activation (Ioffe & Szegedy 2015)."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, shape: torch.Size) -> None:
        super().__init__(shape)
        self.register_buffer("running_mean", torch.zeros(shape))
        self.register_buffer("running_var", torch.ones(shape))

    def forward(self, signal: Tensor, *, batch_statistics: bool, track: bool) -> Tensor:
        """With the statistics of this batch, or with running ones; `track` updates these."""
        if batch_statistics:
            return self._by_batch(signal, track=track)
        gain = self.scale * torch.rsqrt(self.running_var + EPSILON)
        return (signal - self.running_mean.unsqueeze(-2)) * gain.unsqueeze(-2) + self.shift.unsqueeze(-2)

    def _by_batch(self, signal: Tensor, *, track: bool) -> Tensor:
        """By PyTorch's own operation, in half the time of its parts. It knows one axis of units, so those of all
        networks lie side by side; and the first sample is taken off before, for else it would lose the digits of
        signals that vary little beside their size."""
        first = signal[..., 0, :].detach()
        by_sample = (signal - first.unsqueeze(-2)).movedim(-2, 0)
        parts = by_sample.flatten(1), self.scale.expand_as(first).flatten(), self.shift.expand_as(first).flatten()
        mean, var = self.running_mean - first, self.running_var.clone()
        running = (mean.view(-1), var.view(-1)) if track else (None, None)
        normalized = torch.batch_norm(*parts, *running, True, MOMENTUM, EPSILON, False)  # type: ignore[call-arg]
        if track:
            self.running_mean.copy_(mean + first)
            self.running_var.copy_(var if len(by_sample) > 1 else (1 - MOMENTUM) * self.running_var)  # NaN of one
        return normalized.view(by_sample.shape).movedim(0, -2)


@normalization
class batch_norm_after(batch_norm):  # noqa: N801
    """Batch norm of what the activation gives: the next layer gets inputs of mean 0 and variance 1."""

    after = True


@normalization
class layer_norm(Normalization):  # noqa: N801
    """Every sample over the units of the layer, before the activation. No sample knows of others (Ba et al. 2016)."""

    def forward(self, signal: Tensor, *, batch_statistics: bool, track: bool) -> Tensor:
        """With the statistics of each sample."""
        var, mean = torch.var_mean(signal, dim=-1, correction=0, keepdim=True)
        gain = self.scale.unsqueeze(-2) * torch.rsqrt(var + EPSILON)
        return (signal - mean) * gain + self.shift.unsqueeze(-2)
