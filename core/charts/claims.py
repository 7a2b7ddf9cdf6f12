"""What a claim predicts and what was found, case by case: one drawing for every claim."""

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, log_domain, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    from core.claims import Evidence

ROW_HEIGHT = 34  # pixels of a case: its name, and below it the bar and the mark
AXIS_HEIGHT = 160  # of the legend and the axis
SPAN = 300.0  # from here on, largest over smallest, an axis is logarithmic
PAST = 0.06  # of the axis, beyond the outermost numbers
FITS = ("as predicted", "not as predicted")


def height(finding: "Evidence") -> int:
    """The pixels that the drawing of a finding needs."""
    return AXIS_HEIGHT + ROW_HEIGHT * len(finding.cases)


def is_log(finding: "Evidence") -> bool:
    """Whether the numbers of a finding are of so different sizes that only a logarithmic axis shows them."""
    sizes = _numbers(finding)
    positive = sizes[sizes > 0]
    return bool((sizes >= 0).all() and len(positive) and positive.max() > SPAN * positive.min())


def _numbers(finding: "Evidence") -> Array:
    """All finite numbers that were found or predicted."""
    every = np.array([(case.found, case.low, case.high) for case in finding.cases]).ravel()
    finite: Array = every[np.isfinite(every)]
    return finite


def _ends(finding: "Evidence") -> tuple[float, float]:
    """The ends of the axis."""
    numbers = _numbers(finding)
    if is_log(finding):
        return log_domain(numbers)
    low, high = (numbers.min(), numbers.max()) if len(numbers) else (0.0, 0.0)
    past = PAST * (high - low) or 0.5
    return float(low - past), float(high + past)


def claim_frame(finding: "Evidence") -> pd.DataFrame:
    """A row for what was `found` in each case, drawn at `shown`, one for what was predicted, from `low` to `high`, and
    one for its name.

    What has no place on the axis is drawn at its end: what is infinite, and on a logarithmic one 0.
    """
    from core.claims.words import name_of, predicted_of  # here, for with claims come all experiments

    cases, ends = finding.cases, _ends(finding)
    row = np.arange(len(cases), 0, -1)
    found = np.array([case.found for case in cases])
    low, high = (np.clip(side, *ends) for side in zip(*((case.low, case.high) for case in cases), strict=True))
    names = [name_of(case) for case in cases]
    fits = [said(FITS[not case.as_predicted]) for case in cases]
    words = [predicted_of(case) for case in cases]
    shown = np.clip(np.nan_to_num(found, nan=inf, posinf=inf), *ends)
    rows = {"row": row, "case": names}
    return frame_of(
        rows | {"low": low, "high": high, "mark": "band"},
        rows | {"shown": ends[0], "mark": "name"},
        rows | {"found": found, "shown": shown, "fits": fits, "predicted": words, "mark": "found"},
        corners(row=(0.5, len(cases) + 0.9), shown=ends),
    )


def _condition(finding: "Evidence") -> str:
    from core.claims.words import condition

    return condition(finding)


def _examples() -> Iterator[tuple[str, "Evidence"]]:
    from core.claims import check, claims

    for name in ("xor_alone", "a_quarter_a_layer", "name_of_relu"):
        found = check(name).finding
        assert found is not None
        yield claims[name].quantity, found


@picture(
    "{quantity}",
    see="The bar is what the claim predicts, the mark what was found.",
    alt="Predicted and found: {condition}",
    fill=lambda quantity, finding: {"quantity": said(quantity), "condition": _condition(finding)},
    frame=lambda quantity, finding: claim_frame(finding),
    scene=lambda quantity, finding: (is_log(finding),),
    examples=_examples,
    height=lambda quantity, finding: height(finding),
)
def claim(log: bool, ink: Ink) -> Drawing:
    """What a claim predicts and what was found, case by case."""
    scale = alt.Scale(type="log", nice=False) if log else linear()
    axis = alt.Axis(tickCount=4, labelExpr=POWERS, grid=False) if log else alt.Axis(tickCount=5, grid=False)
    x = alt.X("shown:Q", scale=scale, axis=axis, title=None)
    y = alt.Y("row:Q", scale=linear(), axis=None)
    legend = alt.Legend(title=None, orient="top", symbolSize=90, symbolStrokeWidth=0)
    fits = list(map(said, FITS))
    color = alt.Color("fits:N", scale=alt.Scale(domain=fits, range=[ink.alive, ink.exploding]), legend=legend)
    shape = alt.Shape("fits:N", scale=alt.Scale(domain=fits, range=["circle", "diamond"]), legend=legend)
    tooltip = [
        alt.Tooltip("case:N", title=said("case")),
        alt.Tooltip("found:Q", format=".4g", title=said("found")),
        alt.Tooltip("predicted:N", title=said("predicted")),
        alt.Tooltip("fits:N", title=said("that is")),
    ]
    band, low = only("band"), alt.X("low:Q", scale=scale, axis=axis, title=None)
    bars = band.mark_bar(height=14, color=ink.faint, opacity=0.35, tooltip=None).encode(low, y, alt.X2("high:Q"))
    ends = [
        band.mark_tick(thickness=2, size=14, color=ink.faint, tooltip=None).encode(side, y)
        for side in (low, alt.X("high:Q", scale=scale, axis=axis, title=None))
    ]
    names = only("name").mark_text(align="left", baseline="bottom", dy=-10, fontSize=12, color=ink.text, tooltip=None)
    names = names.encode(x, y, alt.Text("case:N"))
    marks = only("found").mark_point(filled=True, size=130, opacity=1)
    return layered(bars, *ends, names, marks.encode(x, y, color, shape, tooltip=tooltip), at_corners(x, y))
