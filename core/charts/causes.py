"""Causes over two knobs: one cell for each pair of values, in the colour of what keeps its networks from learning.

Each cause has one colour on all maps. As there are more causes than colours that one can tell apart, and as nobody is
to depend on these, a number stands in each cell, and before the cause in the legend.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.frames import frame_of
from core.charts.heat import CELL, HEIGHT, SHARE, Map, framed, place_names, places
from core.charts.ink import Ink, between
from core.charts.picture import LARGE, Drawing, Scene, layered, picture
from core.config import Config
from core.diagnosis.causes.judge import LEARNED, UNKNOWN, JudgedMap
from core.diagnosis.rule import rules
from core.sweeps.grid import Grid
from core.words.numbers import short
from core.words.said import said

CAUSE = "cause"  # where an outcome has its name
PALE, PALEST = 0.6, 0.25  # of a colour, the rest is the background
OPEN = ""  # of a cell of which nothing is known yet
ROOM = 175  # pixels in the legend for the name of a cause
GREEN = 2  # the place of a class's colour that is the one of what lives
ORDER = (LEARNED, *sorted(rules, key=lambda name: rules[name].rank), UNKNOWN)


def causes_frame(judged: JudgedMap, drawn: Map, chosen: tuple[Any, ...] = ()) -> pd.DataFrame:
    """A row for each cell of which something is known: `x`, `y`, its `row`, and the answer that is most frequent there.

    That is the `cause` as the legend has it, its `sign` in the cell, and the `share` of the networks of which it is so
    far. `chosen` are the values of x and y of the cell that gets a frame.
    """
    answers, (across, up) = _answers(judged), _axes_of(judged, drawn)
    kinds, shares = zip(*map(_most, answers), strict=True)
    known = np.flatnonzero([kind != OPEN for kind in kinds])
    x, y = known % len(across), known // len(across)
    names, signs = _legend(_present(kinds)), _signs(_present(kinds))
    framed = [(across[one], up[other]) == tuple(chosen) for one, other in zip(x, y, strict=True)]
    table = frame_of(
        {
            "x": [short(across[place]) for place in x],
            "y": [short(up[place]) for place in y],
            "cause": [names[kinds[place]] for place in known],
            "sign": [signs[kinds[place]] for place in known],
            "share": np.array(shares)[known],
            "row": known,
            "mark": "cell",
        }
    )
    return table.assign(chosen=framed)


def _answers(judged: JudgedMap) -> Array:
    """The answers (cell, seed), cells in the order of rows of the frame."""
    configs = judged.known.configs
    assert isinstance(configs, Grid)
    sizes = [len(values) for values in configs.axes.values()]
    answers = np.array([judged.causes.get(place, OPEN) for place in range(len(configs))], dtype=object).reshape(sizes)
    return answers.swapaxes(0, 1).reshape(sizes[0] * sizes[1], -1)


def _most(answers: Array) -> tuple[str, float]:
    """The answer on most networks of a cell, of two the one that comes first in the order; and its share."""
    counts = Counter(answer for answer in answers if answer != OPEN)
    if not counts:
        return OPEN, np.nan
    first = min(counts, key=lambda answer: (-counts[answer], ORDER.index(answer)))
    return first, counts[first] / counts.total()


def _present(kinds: Iterable[str]) -> tuple[str, ...]:
    """The answers that there are, in order."""
    found = set(kinds)
    return tuple(answer for answer in ORDER if answer in found)


def _signs(present: Sequence[str]) -> dict[str, str]:
    """What stands in a cell: nothing where networks learn, else the number of the cause."""
    numbers = (answer for answer in present if answer != LEARNED)
    return {LEARNED: "", **{answer: str(number) for number, answer in enumerate(numbers, 1)}}


def _legend(present: Sequence[str]) -> dict[str, str]:
    """What the answers are called, with their numbers."""
    signs = _signs(present)
    words = {LEARNED: said("Learns"), UNKNOWN: said("Does not learn, no cause found")}
    named = {answer: words.get(answer) or said(rules[answer].label) for answer in present}
    return {answer: f"{signs[answer]} {name}".strip() for answer, name in named.items()}


def _axes_of(judged: JudgedMap, drawn: Map) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    configs = judged.known.configs
    assert isinstance(configs, Grid)
    return configs.axes[drawn.x], configs.axes[drawn.y]


def _scene(judged: JudgedMap, drawn: Map, chosen: tuple[Any, ...] = ()) -> Scene:
    across, up = (tuple(map(short, values)) for values in _axes_of(judged, drawn))
    return drawn, across, up, _present(kind for kind, _ in map(_most, _answers(judged)))


def _words(judged: JudgedMap, drawn: Map, chosen: tuple[Any, ...] = ()) -> dict[str, str]:
    fields = Config.fields()
    return {"x": said(fields[drawn.x].label), "y": said(fields[drawn.y].label)}


def _examples() -> Iterator[tuple[JudgedMap, Map]]:
    from core.diagnosis.causes.judge import judging
    from core.sweeps import grid

    base = Config(depth=1, width=4, samples=40, batch_size=20, steps=60, snapshots=3)
    *_, judged = judging(grid(base, learning_rate=[0.01, 1e6], weight_scale=[0.5, 20.0], seed=[0]))
    yield judged, Map("learning_rate", "weight_scale", CAUSE)


@picture(
    "What keeps them from learning",
    see="Cells without a number learn. The others have the colour and number of the cause that the doctor names most "
    "often for the networks of the cell. Click a cell to look into it.",
    alt="The cause that the doctor names, over {x} and {y}.",
    fill=_words,
    frame=causes_frame,
    scene=_scene,
    examples=_examples,
    height=HEIGHT,
)
def causes(drawn: Map, across: tuple[str, ...], up: tuple[str, ...], present: tuple[str, ...], ink: Ink) -> Drawing:
    """Causes over two knobs. A click on a cell selects it as CELL, with its `row` in the frame."""
    x, y = places(drawn, across, up)
    names = _legend(present)
    columns = alt.ExprRef(f"max(1, floor(width / ({ROOM} * {LARGE})))")
    legend = alt.Legend(title=None, orient="top", columns=columns, labelLimit=0, symbolType="square", symbolOpacity=1)
    colours = alt.Scale(domain=[names[answer] for answer in present], range=[_colour(each, ink) for each in present])
    tooltip = [
        *place_names(drawn),
        alt.Tooltip("cause:N", title=said("Cause")),
        alt.Tooltip("share:Q", format=SHARE, title=said("Of its networks")),
    ]
    chosen = alt.selection_point(name=CELL, fields=["row"], on="click", clear=False)
    cells = alt.Chart().mark_rect(cursor="pointer").encode(x, y, alt.Color("cause:N", scale=colours, legend=legend))
    cells = cells.encode(tooltip=tooltip).add_params(chosen)
    signs = alt.Chart().mark_text(color=ink.text, fontSize=alt.ExprRef(f"11 * {LARGE}"))
    return layered(cells, signs.encode(x, y, alt.Text("sign:N"), tooltip=tooltip), framed(x, y, tooltip, ink))


def _colour(answer: str, ink: Ink) -> str:
    """Pale, so that a number can be read on it; the same for an answer on every map."""
    if answer in (LEARNED, UNKNOWN):
        return between(ink.behind, ink.alive if answer == LEARNED else ink.faint, PALEST)
    colours = [colour for place, colour in enumerate(ink.classes) if place != GREEN]
    return between(ink.behind, colours[ORDER.index(answer) % len(colours)], PALE)
