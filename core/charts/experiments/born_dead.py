"""Networks that are born dead, the dead units of one by layer and probe, and how often a probe takes life for death."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, layer_x, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.born_dead import DEEPEST, INPUTS, PROBES, SIZES, Looks, Silent, Stillborn

SEEN = ("one input", f"{INPUTS} inputs")
ON = tuple(f"n = {probe:,}" for probe in PROBES)
ALONE = ("measured",)


def stillborn_frame(stillborn: Stillborn, depth: int) -> pd.DataFrame:
    """A row for each depth and number of inputs: the `share` born dead, and `expected`; and the depth looked at."""
    depths = np.arange(1, DEEPEST + 1)
    one, every = SEEN  # theory is of one input
    dots = [
        _dots({"at": depths}, stillborn.one, stillborn.expected, one),
        _dots({"at": depths}, stillborn.every, np.full(DEEPEST, np.nan), every),
    ]
    theory = {"at": depths, "share": stillborn.expected, "mark": "theory"}
    return frame_of(*dots, theory, {"at": depth, "mark": "now"}, corners(at=(0.5, DEEPEST + 0.5), share=(0, 1)))


def silent_frame(silent: Silent) -> pd.DataFrame:
    """A row for each layer and probe: the dead `share` of its units, and `expected`."""
    layer = {"layer": np.arange(1, silent.measured.shape[1] + 1)}
    parts: list[Columns] = []
    for name, measured, expected in zip(ON, silent.measured, silent.expected, strict=True):
        parts.append(_dots(layer, measured, expected, name))
        parts.append({**layer, "share": expected, "series": name, "mark": "theory"})
    most = max(float(silent.measured.max()), float(silent.expected.max()))
    return frame_of(*parts, corners(layer=(0.5, silent.measured.shape[1] + 0.5), share=(0, 1.1 * most)))


def looks_frame(looks: Looks, size: int) -> pd.DataFrame:
    """A row for each size of the probe: the `share` of probes that see a dead unit, and `expected`; and one size."""
    dots = _dots({"at": SIZES}, looks.measured, looks.expected, *ALONE)
    theory = {"at": SIZES, "share": looks.expected, "mark": "theory"}
    return frame_of(dots, theory, {"at": size, "mark": "now"}, corners(at=(SIZES[0], SIZES[-1]), share=(0, 1)))


def _dots(place: Columns, share: Array, expected: Array, series: str) -> Columns:
    return {**place, "share": share, "expected": expected, "series": series, "mark": "dot"}


@spec_of
def stillborn_spec(ink: Ink) -> Drawing:
    """`stillborn_frame` as Vega-Lite without data."""
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    x, y = alt.X("at:Q", scale=linear(), axis=axis, title="Depth"), _share("Networks born dead")
    return layered(_rule(x, ink), *_measured(x, y, SEEN, ink, alt.Tooltip("at:Q", title="depth")), at_corners(x, y))


@spec_of
def silent_spec(ink: Ink) -> Drawing:
    """`silent_frame` as Vega-Lite without data."""
    x, y = layer_x(), _share("Dead units")
    return layered(*_measured(x, y, ON, ink, alt.Tooltip("layer:Q")), at_corners(x, y))


@spec_of
def looks_spec(ink: Ink) -> Drawing:
    """`looks_frame` as Vega-Lite without data."""
    scale = alt.Scale(type="log", base=2, nice=False)
    axis = alt.Axis(values=list(SIZES[::2]), format=",d", grid=False)
    x = alt.X("at:Q", scale=scale, axis=axis, title="Samples in the probe")
    y = _share("Probes that see a dead unit")
    return layered(_rule(x, ink), *_measured(x, y, ALONE, ink, alt.Tooltip("at:Q", title="samples")), at_corners(x, y))


def _share(title: str) -> alt.Y:
    return alt.Y("share:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title=title)


def _rule(x: alt.X, ink: Ink) -> alt.Chart:
    """Where the reader looks."""
    return only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)  # type: ignore[no-any-return]  # altair's decorator


def _measured(x: alt.X, y: alt.Y, series: tuple[str, ...], ink: Ink, place: alt.Tooltip) -> list[alt.Chart]:
    """Dots of what is measured, by series, over dotted lines of theory."""
    count, legend = len(series), alt.Legend(title=None, orient="top") if len(series) > 1 else None
    colors = alt.Scale(domain=list(series), range=[ink.train, ink.validation, ink.alive][:count])
    shapes = alt.Scale(domain=list(series), range=["circle", "square", "diamond"][:count])
    tooltip = [
        place,
        alt.Tooltip("share:Q", format=".1%", title="measured"),
        alt.Tooltip("expected:Q", format=".1%", title="theory"),
    ]
    lines = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], color=ink.text, tooltip=None)
    dots = only("dot").mark_point(filled=True, size=45, opacity=1)
    color, shape = (
        alt.Color("series:N", scale=colors, legend=legend),
        alt.Shape("series:N", scale=shapes, legend=legend),
    )
    return [lines.encode(x, y, alt.Detail("series:N")), dots.encode(x, y, color, shape, tooltip=tooltip)]
