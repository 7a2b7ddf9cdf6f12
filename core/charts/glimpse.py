"""The glimpse of a case as a small picture that stands still: its layers on the left, its loss on the right.

An SVG of two thousand characters and not Altair: a page of thirty charts would keep a browser busy for a second.
"""

from collections.abc import Iterable, Sequence

from core.charts.ink import Ink
from core.diagnosis.patients.glimpse import FULL, LOOKS, PLACES, Glimpse
from core.words.said import said

WIDTH, HEIGHT = 240, 76
LEFT, RIGHT = (4.0, 124.0), (140.0, 236.0)  # where the two parts begin and end
TOP, BOTTOM = 8.0, 72.0
EDGE = 2.0  # no hill comes nearer to the upper end
RISE, BAR = 2.2, 0.9  # how many rows a layer rises at most, and how much of one the bar of zeros fills
ALT = "{name}: activations of up to eight layers at the end of training, and the loss over its steps"
LOST = "{name}: activations of up to eight layers at the end of training, and the loss until it was no number any more"
NO_LAYER = "{name}: the loss over the steps of training; there is no hidden layer"


def svg_of(glimpse: Glimpse, ink: Ink) -> str:
    """The picture as an SVG document."""
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "".join([opening, *_layers(glimpse, ink), *_loss(glimpse, ink), "</svg>"])


def alt_of(glimpse: Glimpse, name: str) -> str:
    """What a screen reader says instead of the picture of the case of this name."""
    return said((LOST if glimpse.diverged else ALT) if glimpse.layers else NO_LAYER, name=name)


def _layers(glimpse: Glimpse, ink: Ink) -> Iterable[str]:
    """Each layer a hill, the first on top; what is exactly 0 is a bar."""
    row = (BOTTOM - TOP) / max(1, len(glimpse.layers))
    places = [_across(LEFT, (place + 0.5) / PLACES) for place in range(PLACES)]
    zero_at = _across(LEFT, glimpse.zero_at / FULL)
    colours = ink.of_layers(len(glimpse.layers))
    for number, (heights, zero, colour) in enumerate(zip(glimpse.layers, glimpse.zeros, colours, strict=True), 1):
        base = TOP + number * row
        rise = min(RISE * row, base - EDGE)
        hill = [(x, base - rise * height / FULL) for x, height in zip(places, heights, strict=True)]
        outline = _path([(LEFT[0], base), *hill, (LEFT[1], base)])
        yield f'<path d="{outline}" fill="{colour}" fill-opacity=".35" stroke="{colour}" stroke-width="1"/>'
        if zero:
            up = -BAR * row * zero / FULL
            yield f'<path d="M{zero_at:.1f} {base:.1f}v{up:.1f}" stroke="{ink.dead}" stroke-width="3"/>'


def _loss(glimpse: Glimpse, ink: Ink) -> Iterable[str]:
    """The loss, over a dashed line at that of guessing; a cross where it was no number any more."""
    ends = RIGHT if glimpse.layers else (LEFT[0], RIGHT[1])
    guess = _up(glimpse.guess)
    yield f'<path d="M{ends[0]} {guess:.1f}H{ends[1]}" stroke="{ink.faint}" stroke-dasharray="3 3"/>'
    points = [(_across(ends, look / (LOOKS - 1)), _up(loss)) for look, loss in enumerate(glimpse.losses)]
    if len(points) > 1:
        yield f'<path d="{_path(points)}" fill="none" stroke="{ink.validation}" stroke-width="1.8"/>'
    if glimpse.diverged:
        x, y = (points[-1][0] if points else ends[0]) + 6, TOP
        cross = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
        yield f'<path d="{cross}" stroke="{ink.exploding}" stroke-width="2"/>'


def _across(ends: tuple[float, float], share: float) -> float:
    return ends[0] + share * (ends[1] - ends[0])


def _up(height: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * height / FULL


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
