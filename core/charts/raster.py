"""Raster: small pictures of few colours, as PNG in text, which a drawing puts together from two halves.

The drawing knows the size and the colours (`opening`), the frame what is seen (`closing`): so one frame serves both
themes, and a cell of a few hundred pixels costs a few hundred characters, where a rectangle a pixel would cost as much
each. Both are base64; the opening is as long as a multiple of three bytes, so the two can be joined.
"""

from base64 import b64encode
from collections.abc import Sequence
from struct import pack
from zlib import compress, crc32

import altair as alt
import numpy as np

from core.array import Array
from core.charts.ink import LEVELS, Ink

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTED = bytes((8, 3, 0, 0, 0))  # eight bits a pixel, which are places in a palette; deflated, filtered, whole
LOST, ALIVE, SATURATED, DEAD = range(LEVELS, LEVELS + 4)  # places in the palette after the levels


def levels(values: Array, full: float) -> Array:
    """The places in the palette of numbers of which ±`full` and beyond have the full colours; NaN is lost."""
    middle = LEVELS // 2
    with np.errstate(invalid="ignore"):
        found = np.rint(middle * (1 + np.clip(values / full, -1, 1)))
    places: Array = np.where(np.isnan(values), LOST, found).astype(np.uint8)
    return places


def palette(ink: Ink) -> tuple[str, ...]:
    """The colours: levels from the most negative to the most positive, what is lost, and three states."""
    return (*ink.levels(), ink.exploding, ink.alive, ink.saturated, ink.dead)


def opening(rows: int, columns: int, colours: Sequence[str]) -> str:
    """The first half of a picture of this size, with its address."""
    of_colours = bytes.fromhex("".join(colour.removeprefix("#") for colour in colours))
    first = SIGNATURE + _chunk(b"IHDR", pack(">II", columns, rows) + PALETTED) + _chunk(b"PLTE", of_colours)
    return f"data:image/png;base64,{b64encode(first).decode()}"


def closing(places: Array) -> str:
    """The second half of a picture, whose pixels (row, column) are places in the palette."""
    rows = np.zeros((len(places), places.shape[1] + 1), np.uint8)  # each begins with how it is filtered: not at all
    rows[:, 1:] = places
    return b64encode(_chunk(b"IDAT", compress(rows.tobytes(), 9)) + END).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", crc32(kind + content))


END = _chunk(b"IEND", b"")


def drawn(chart: alt.Chart, size: Sequence[int], ink: Ink) -> alt.Chart:
    """The chart with a column `url` of pictures of this size (rows, columns), of which `picture` has the closings."""
    first = opening(size[0], size[1], palette(ink))
    return chart.transform_calculate(url=f"'{first}' + datum.picture")
