"""How fast the layers of many networks learn at the start, and those of one while it is trained."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, layer_x, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.speeds import Speeds

TITLE = "Norm of dL/db"
OURS, HIS = "middle of our networks", "Nielsen’s one network"
EVERY = 5  # steps from one point of a line to the next


def speeds_frame(speeds: Speeds, printed: tuple[float, ...] = ()) -> pd.DataFrame:
    """A row for each layer: `value`, the median norm of dL/db, between `low` and `high`; and what is printed of it."""
    low, middle, high = speeds.quantiles
    layer, published = np.arange(1, len(middle) + 1), np.array(printed)
    domain = log_domain(low, high, published)
    ends = {"low": np.clip(low, *domain), "high": np.clip(high, *domain)}
    rows = {"layer": layer, "what": OURS, **ends}
    bars = {"layer": layer, **ends, "mark": "bar"}
    his = {"layer": layer[: len(published)], "value": published, "shown": published, "what": HIS, "mark": "printed"}
    sides = corners(layer=(0.5, len(layer) + 0.5), shown=domain)
    return frame_of(place(middle, domain) | rows, bars, his, sides)


def learning_frame(norms: Array) -> pd.DataFrame:
    """A row for each layer at every fifth step: `value`, the norm of dL/db (step, layer); and the ends of the lines."""
    steps, layers = (np.arange(count) for count in norms.shape)
    kept, domain = norms[::EVERY], log_domain(norms)
    lines = place(kept.ravel(), domain)
    lines |= {"step": np.repeat(steps[::EVERY], len(layers)), "layer": np.tile(layers + 1, len(kept))}
    named = layers[np.isfinite(norms[-1]) & (norms[-1] > 0)]
    words = [f"layer {layer + 1}" for layer in named]
    names = {"step": steps[-1], "layer": named + 1, "shown": norms[-1, named], "words": words, "mark": "name"}
    ends = corners(step=(0, steps[-1]), shown=domain, layer=(1, len(layers)))
    return frame_of(lines, names, ends)


@spec_of
def speeds_spec(ink: Ink) -> Drawing:
    """`speeds_frame` as Vega-Lite without data."""
    x, y = layer_x(), log_y(TITLE)
    legend = alt.Legend(title=None, orient="top", columns=1, symbolSize=80, symbolStrokeWidth=0)
    words = [OURS, HIS]
    color = alt.Color("what:N", scale=alt.Scale(domain=words, range=[ink.train, ink.validation]), legend=legend)
    shape = alt.Shape("what:N", scale=alt.Scale(domain=words, range=["circle", "diamond"]), legend=legend)
    number = alt.Tooltip("value:Q", format=".2e", title=TITLE)
    ends = [alt.Tooltip("low:Q", format=".2e"), alt.Tooltip("high:Q", format=".2e")]
    bars = only("bar").mark_bar(width=14, opacity=0.35, color=ink.train)
    bars = bars.encode(x, alt.Y("low:Q", scale=alt.Scale(type="log", nice=False)), alt.Y2("high:Q"), tooltip=ends)
    ours = only("line").mark_point(filled=True, size=60, opacity=1)
    ours = ours.encode(x, y, color, shape, tooltip=["layer:Q", number, *ends])
    his = only("printed").mark_point(filled=True, size=80, opacity=1, xOffset=16)
    his = his.encode(x, y, color, shape, tooltip=["layer:Q", number])
    return layered(bars, ours, his, *lost_and_zero(x, y, ink), at_corners(x, y))


@spec_of
def learning_spec(ink: Ink) -> Drawing:
    """`learning_frame` as Vega-Lite without data."""
    x, y = step_x(), log_y(TITLE)
    color = alt.Color("layer:Q", scale=ink.layers(), legend=None)
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, alt.Detail("layer:Q"))
    names = only("name").mark_text(
        align="right", baseline="bottom", dx=-4, dy=-3, fontSize=12, color=ink.text, tooltip=None
    )
    names = names.encode(x, y, alt.Text("words:N"))
    return layered(lines, names, *lost_and_zero(x, y, ink), at_corners(x, y))
