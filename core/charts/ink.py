"""Ink: the colours of the charts, one palette for light and one for dark backgrounds.

Layers run along viridis from input to output, trimmed where it would not stand out from the background. The states have
one colour each, everywhere, told apart by colour-blind people (Okabe & Ito 2008) and always named or shaped as well.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt

from core.words.said import said

LEVELS = 15  # colours from the most negative to the most positive number
VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")  # at even places of its scale


@dataclass(frozen=True)
class Ink:
    """Colours as #rrggbb (`behind` is the background), and the part of viridis (from, to) that layers use."""

    text: str
    faint: str
    behind: str
    train: str
    validation: str
    alive: str
    saturated: str
    dead: str
    exploding: str
    positive: str
    negative: str
    classes: tuple[str, ...]
    viridis: tuple[float, float]

    def layers(self) -> alt.Scale:
        """The colour scale of layers, from the first to the last there is."""
        return alt.Scale(scheme=self._viridis(), zero=False, nice=False)

    def of_layers(self, count: int) -> list[str]:
        """The colours of so many layers, for pictures that altair does not draw."""
        low, high = self.viridis
        return [_on_viridis(low + (high - low) * place / max(1, count - 1)) for place in range(count)]

    def sequential(self, domain: list[float], **settings: Any) -> alt.Scale:
        """An even scale of colours over `domain`."""
        return alt.Scale(domain=domain, scheme=self._viridis(), clamp=True, **settings)

    def _viridis(self) -> alt.SchemeParams:
        return alt.SchemeParams(name="viridis", extent=list(self.viridis))

    def levels(self) -> list[str]:
        """Even colours from negative by way of the background, which is 0, to positive."""
        half = LEVELS // 2
        down = [between(self.behind, self.negative, place / half) for place in range(half, 0, -1)]
        return [*down, *(between(self.behind, self.positive, place / half) for place in range(half + 1))]

    def state(self, states: list[str]) -> alt.Scale:
        """The colour scale of some of the states and splits, by their ids; a frame holds what is said of these."""
        colours: dict[str, Any] = vars(self)
        return alt.Scale(domain=list(map(said, states)), range=[colours[state] for state in states])


MORE_CLASSES = ("#cc79a7", "#b79b00", "#7f7fd5", "#8c564b", "#17a2b8", "#e15759", "#7f7f7f")  # seen on both backgrounds

LIGHT = Ink(
    text="#1a1a1a",
    faint="#6b7280",
    behind="#ffffff",
    train="#0072b2",
    validation="#c44e00",
    alive="#00805f",
    saturated="#b97700",
    dead="#6b7280",
    exploding="#c8321e",
    positive="#0072b2",
    negative="#c44e00",
    classes=("#0072b2", "#d55e00", "#007a5a", *MORE_CLASSES),
    viridis=(0.0, 0.8),
)
DARK = Ink(
    text="#f2f3f5",
    faint="#9aa3b2",
    behind="#0f1419",
    train="#56b4e9",
    validation="#f5a15b",
    alive="#2fc99b",
    saturated="#f0b429",
    dead="#9aa3b2",
    exploding="#ff7a66",
    positive="#56b4e9",
    negative="#f5a15b",
    classes=("#56b4e9", "#f5a15b", "#2fc99b", *MORE_CLASSES),
    viridis=(0.3, 1.0),
)


def between(one: str, other: str, share: float) -> str:
    """The colour at this share of the way from one to the other."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + share * (b - a)) for a, b in pairs).hex()


def _on_viridis(share: float) -> str:
    at = share * (len(VIRIDIS) - 1)
    first = min(int(at), len(VIRIDIS) - 2)
    return between(VIRIDIS[first], VIRIDIS[first + 1], at - first)


def ink(*, dark: bool) -> Ink:
    """The palette for a dark or a light background."""
    return DARK if dark else LIGHT
