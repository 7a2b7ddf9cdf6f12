"""Glimpse: what is seen of a case at one look, few enough numbers to be stored for all of them.

`glimpses.json` holds them, each with the settings that it is of: `python -m core.diagnosis.patients.glimpse` trains all
cases and writes it. A case whose settings have changed since has none there.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.array import Array
from core.config import Config
from core.diagnosis.patients.cases import cases
from core.measuring import Recording
from core.training import record
from core.work.stored import FOREIGN, Origin, read, write

FILE = Path(__file__).with_name("glimpses.json")
LAYERS, PLACES, LOOKS = 8, 20, 25  # at most so many layers, so many places on the axis of activations, and of the loss
FULL = 99  # numbers are whole, from 0 to this
ROOM = 1.5  # the axis of the loss ends at so many times the loss of guessing
ROW = 0.4  # the share of a layer in one place that fills its row


@dataclass(frozen=True)
class Glimpse:
    """What is seen of a run at its end, in whole numbers from 0 to FULL.

    layers: for each of up to LAYERS layers the heights (place,), roots of the shares of its activations, as in the
    chart of the lab; 0 where these have left the range of numbers. zeros: the share of each that is exactly 0; zero_at:
    where 0 lies on their axis. losses: up to LOOKS, on held-out samples, over all steps that were asked for; guess: the
    loss of guessing on the same axis.
    """

    layers: tuple[tuple[int, ...], ...]
    zeros: tuple[int, ...]
    zero_at: int
    losses: tuple[int, ...]
    guess: int
    diverged: bool


def glimpse_of(recording: Recording) -> Glimpse:
    """What is seen of a run at its end."""
    counts = recording.variables["activation_histogram"].values[-1]  # (layer, bin)
    seen = np.unique(np.linspace(0, max(0, len(counts) - 1), LAYERS).round().astype(int))[: len(counts)]
    held = np.isfinite(recording.variables["activation_std"].values[-1][seen])
    shares = np.where(held[:, None], counts[seen] / counts[seen].sum(-1, keepdims=True), 0)
    below, above = recording.bin("below"), recording.bin("above")
    starts = np.linspace(0, above - below - 1, PLACES, endpoint=False).astype(int)
    heights = np.sqrt(np.add.reduceat(shares[:, below + 1 : above], starts, axis=1) / (ROW * 3))
    edges = recording.coordinates["activation_left"][1][below + 1 : above + 1]
    return Glimpse(
        layers=tuple(map(_whole, heights)),
        zeros=_whole(shares[:, recording.bin("zero")]),
        zero_at=_whole(np.array([-edges[0] / (edges[-1] - edges[0])]))[0],
        losses=_losses(recording),
        guess=_whole(np.array([_guess(recording) / _top(recording)]))[0],
        diverged=recording.end.reason == "diverged",
    )


def _whole(shares: Array) -> tuple[int, ...]:
    return tuple((FULL * np.clip(np.nan_to_num(shares), 0, 1)).round().astype(int).tolist())


def _losses(recording: Recording) -> tuple[int, ...]:
    """The loss on held-out samples as far as it was a number."""
    losses, steps = recording.variables["loss"].values[:, 1], np.array(recording.steps)
    known = np.isfinite(losses)
    if not known.any() or recording.guess is None:
        return ()
    at = np.linspace(0, recording.known_config.steps, LOOKS)
    return _whole(np.interp(at[at <= steps[known][-1]], steps[known], losses[known]) / _top(recording))


def _top(recording: Recording) -> float:
    """Where the axis of the loss ends."""
    return ROOM * _guess(recording) or 1.0


def _guess(recording: Recording) -> float:
    return 0.0 if recording.guess is None else recording.guess.loss


@cache
def glimpses() -> dict[str, Glimpse]:
    """Those that are stored, by the names of cases in links."""
    found = {}
    for name, entry in read(FILE).items():
        if name in cases:
            try:
                if Config.from_query(entry["settings"]) == cases[name]():
                    found[name] = _read(entry["seen"])
            except FOREIGN:
                continue
    return found


def _read(seen: dict[str, Any]) -> Glimpse:
    layers = tuple(tuple(map(int, layer)) for layer in seen["layers"])
    zeros, losses = (tuple(map(int, seen[name])) for name in ("zeros", "losses"))
    return Glimpse(layers, zeros, int(seen["zero_at"]), losses, int(seen["guess"]), bool(seen["diverged"]))


def store() -> None:
    """Train all cases and write what is seen of them."""
    entries: dict[str, Any] = {"made": asdict(Origin.here())}
    for name, case in cases.items():
        config = case()
        entries[name] = {"settings": config.to_query(), "seen": asdict(glimpse_of(record(config)))}
    write(FILE, entries)


if __name__ == "__main__":
    store()
