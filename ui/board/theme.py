"""How a drawing looks on a board: the colours of its ink, small letters, and little room between an axis and its words.

Streamlit dresses its own charts in the browser; a board's are dressed here, closer, as there are four on a screen. All
letters, lines and points grow with the parameter of the drawing that says how large they are: for a projector, or in
full screen, the board sets it.
"""

from typing import Any

from core.charts.ink import Ink
from core.charts.picture import LARGE

SMALL, SMALLER = 12, 11  # pixels of a title and of a label, as they are usually
LINE, POINT = 2, 30  # of a line and of a point that do not say how large they are: pixels, and their square
FONT = "Source Sans, sans-serif"  # Streamlit's, which the page has loaded
LENGTHS = {"fontSize", "strokeWidth", "symbolStrokeWidth", "labelLimit", "dx", "dy"}
AREAS = {"size", "symbolSize"}


def dressed(spec: dict[str, Any], ink: Ink) -> dict[str, Any]:
    """The drawing with a look of its own wherever it does not say otherwise."""
    theme, given = _theme(ink), spec.get("config", {})
    config = theme | {key: theme.get(key, {}) | value for key, value in given.items() if isinstance(value, dict)}
    return _growing({**_in_lines(spec), "config": config})


def _in_lines(part: Any) -> Any:
    """Legends above a picture go on as lines do: there is no height to give away."""
    if isinstance(part, list):
        return [_in_lines(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    is_above = part.get("orient") == "top"
    return {key: _in_lines(value) for key, value in part.items() if not (is_above and key == "columns")}


def _growing(part: Any, name: str = "", *, is_dashed: bool = False) -> Any:
    """What is so many pixels grows with the letters: lengths as they do, areas with their square."""
    if isinstance(part, dict):
        return {key: _growing(each, key, is_dashed=is_dashed or key == "strokeDash") for key, each in part.items()}
    if isinstance(part, list):
        is_dash = is_dashed and all(isinstance(each, int) for each in part)
        return _times_large(part) if is_dash else [_growing(each, is_dashed=is_dashed) for each in part]
    if isinstance(part, bool) or not isinstance(part, int | float):
        return part
    if name in AREAS:
        return _times_large(part, LARGE)
    return _times_large(part) if name in LENGTHS or name.endswith("FontSize") else part


def _times_large(size: Any, *times: str) -> dict[str, str]:
    """A size, or the lengths of dashes, as an expression of how large letters are."""
    if isinstance(size, list):
        return {"expr": f"[{', '.join(f'{each} * {LARGE}' for each in size)}]"}
    return {"expr": " * ".join([str(size), LARGE, *times])}


def _theme(ink: Ink) -> dict[str, Any]:
    words = {"labelColor": ink.text, "titleColor": ink.text, "labelFontSize": SMALLER, "titleFontSize": SMALL}
    legend = {"rowPadding": 0, "columnPadding": 6, "layout": {"top": {"direction": "horizontal", "margin": 8}}}
    axis = {"domain": False, "ticks": False, "gridColor": ink.faint, "gridOpacity": 0.25, "labelPadding": 4}
    return {
        "font": FONT,
        "background": "transparent",
        "fieldTitle": "verbal",
        "view": {"stroke": "transparent"},
        "mark": {"tooltip": True},
        "line": {"strokeWidth": LINE},
        "point": {"size": POINT},
        "text": {"fontSize": SMALLER},
        "rule": {"strokeWidth": 1},
        "axis": {
            **words,
            **axis,
            "titleFontWeight": "normal",
            "titlePadding": 4,
            "labelOverlap": True,
            "labelSeparation": 6,
        },
        "legend": {**words, "titleFontWeight": "normal", "symbolSize": 40, "padding": 0, "offset": 6, **legend},
    }
