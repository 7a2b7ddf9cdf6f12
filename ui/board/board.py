"""What a board is handed, and what comes back from it.

It is handed drawings, which it keeps and draws anew only where one has changed, the looks of all steps or, while a run
goes on, of those that are new, and a message. What comes back is the step that the visitor has come to rest at, the
unit that was chosen in a picture, and what was pressed in a message.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from core.charts import charts
from core.charts.chart import FIRST_UNIT, UnitPlace
from core.charts.ink import ink
from core.charts.picture import Scene
from core.measuring import Recording
from core.words.glossary import explained
from core.words.said import Language, language, said
from ui.board.looks import Looks
from ui.board.mount import Handed, mount
from ui.board.theme import dressed
from ui.show import is_dark


class Message(NamedTuple):
    """One line above the charts.

    `kind` is "info", "warning" or "error", or "quiet" where buttons say enough and the text stands in their help;
    `actions` are the buttons in it, by their ids; a help mark tells `more`.
    """

    kind: str
    text: str
    actions: tuple[tuple[str, str], ...] = ()
    more: tuple[str, ...] = ()


class Judged(NamedTuple):
    """How the network is: its `health` by the id, in a `word`, and why. A help mark tells `more`.

    On axes of layers those in which the cause was found, counted from 1, are marked, and so are, with another mark,
    the `others`, in which something else was.
    """

    health: str
    word: str
    text: str
    actions: tuple[tuple[str, str], ...] = ()
    more: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


class Underway(NamedTuple):
    """How far a run is: a share from 0 to 1, and what is said of it."""

    share: float
    text: str


def board(
    recording: Recording,
    names: Sequence[str],
    looks: Looks,
    *,
    key: str,
    on_press: Callable[[], None] = lambda: None,
    on_rest: Callable[[], None] = lambda: None,
    **more: Any,
) -> int | None:
    """Put a board on the page. Returns the step it rests at, if the visitor moved it. `more`: what else is `handed`."""
    return mount(handed(recording, names, looks, dark=is_dark(), **more), key, on_press, on_rest)


def handed(
    recording: Recording,
    names: Sequence[str],
    looks: Looks,
    *,
    dark: bool,
    progress: Underway | None = None,
    message: Message | None = None,
    verdict: Judged | None = None,
    marks: Sequence[tuple[int, str, str]] = (),
    unit: UnitPlace = FIRST_UNIT,
    last: int | None = None,
    beside: str = "",
    resting: str = "",
    untold: int = 0,
) -> Handed:
    """What a board is handed. While there is `progress` it goes through the looks to the newest.

    `marks` are steps at which something happened, what by its id, and what in words. `unit` is the chosen one, see
    `picked`. `last` is the step that training is to end with, `resting` what is said after the step while it rests.
    What is said `beside` stands after the charts. Unless `untold` is 0, it calls `on_rest` a moment later: another
    number each time, as a board hears nothing of what is handed to it again.
    """
    data = {
        "charts": [_drawn(name, recording, dark=dark) for name in names],
        "steps": looks.steps,
        "told": [_at(step, last or recording.steps[-1]) + resting for step in looks.steps],
        "begins": {name: packed.begins for name, packed in looks.packed.items()},
        "units": {"layers": recording.depth, "width": int(recording.layer_widths.max(initial=0)), "chosen": unit},
        "numbers": [[(n.name, n.number, n.sentence) for n in numbers] for numbers in looks.numbers],
        "helps": {number.name: explained(number.name) or "" for number in looks.numbers[-1]},
        "progress": progress and progress._asdict(),
        "message": message and message._asdict(),
        "verdict": verdict and verdict._asdict(),
        "marks": list(marks),
        "beside": beside,
        "words": _words(),
        "dark": dark,
        "untold": untold,
    }
    return Handed(data, {name: packed.table for name, packed in looks.packed.items()})


def pressed(key: str) -> str | None:
    """What was pressed in the message of a board, for `on_press`."""
    found = st.session_state[key].get("press")
    return found if isinstance(found, str) else None  # whoever is there may send anything


def picked(key: str) -> UnitPlace | None:
    """The unit that was chosen in a picture of a board; None where none was."""
    match st.session_state.get(key, {}).get("unit"):
        case [int(layer), int(number)]:
            return UnitPlace(layer, number)
        case _:
            return None


def _drawn(name: str, recording: Recording, *, dark: bool) -> dict[str, Any]:
    """A chart as the board wants it."""
    chart = charts[name]
    title, see = chart.title_of(recording), chart.sentence_of(recording)
    return {
        "name": name,
        "title": title,
        "see": see,
        "help": explained(f"{title} {see}") or "",
        "alt": chart.alt_of(recording),
        "picks": chart.picks,
        "spec": _spec(name, chart.scene(recording), dark, language()),
    }


@lru_cache(maxsize=256)
def _spec(name: str, scene: Scene, dark: bool, _: Language) -> str:
    """The drawing of a chart as text. Most values of a chart have the same."""
    return json.dumps(dressed(charts[name].spec_of(scene, dark=dark), ink(dark=dark)))


def _words() -> dict[str, str]:
    """What stands on the board's own buttons."""
    words = {
        "play": "Play",
        "pause": "Pause playing",
        "back": "Step back",
        "forward": "Step forward",
        "speed": "Speed",
        "step": "Step",
        "layer": "Layer",
        "unit": "Unit",
        "progress": "Progress",
        "charts": "Charts: the arrow keys step, the space bar plays",
        "help": "Help",
        "judged": "At step {step}:",
        "found": "Where layers are named, ▸ marks those in which it was found, ▹ those in which something else was.",
        "menu": "Save or enlarge",
        "png": "Save as PNG",
        "svg": "Save as SVG",
        "full": "Full screen",
    }
    return {name: said(word) for name, word in words.items()}


def _at(step: int, last: int) -> str:
    return said("Step {step:,} of {last:,}", step=step, last=last)
