"""One unit: how often it answers what on the probe, and whether it is alive, saturated or dead."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import linear, only
from core.charts.cells import shares_of, states_of
from core.charts.chart import Moment, chart
from core.charts.frames import frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring.body import answers_on_probe, known_body, network_at
from core.words.numbers import percent
from core.words.said import said

TOGETHER = 2  # bins of the layers' histogram in one of a unit, which has fewer activations
TOP = 1.8  # the end of the axis of shares: words stand above 100 %
STATES = {
    "dead": "dead: slope 0 on all {samples} samples,\nso no gradient reaches its weights",
    "saturated": "saturated: nearly flat\non {flat} of {samples} samples",
    "alive": "alive: its slope is not 0\non {active} of {samples} samples",
    "lost": "NaN: it answers nothing any more",
}


def _frame(moment: Moment) -> pd.DataFrame:
    recording, (layer, unit) = moment.recording, moment.unit
    network = network_at(recording, moment.row)
    values = answers_on_probe(network, known_body(recording)).hidden[layer - 1, :, unit - 1]
    edges = _edges(moment)
    count, _ = np.histogram(values[values != 0], edges)
    bars = {"left": edges[:-1], "right": edges[1:], "share": count / len(values), "mark": "bar"}
    zero = {"left": 0.0, "share": np.mean(values == 0), "mark": "zero"}
    ends = {"left": edges[[0, -1]], "share": (0.0, TOP), "mark": "corner"}
    return frame_of(bars, zero, ends, {"words": _words(moment), "mark": "words"})


def _edges(moment: Moment) -> Array:
    """The edges of the bins of all layers, a few together."""
    recording = moment.recording
    below, above = recording.bin("below"), recording.bin("above")
    edges: Array = recording.coordinates["activation_left"][1][below + 1 : above + 1]
    return np.append(edges[:-1:TOGETHER], edges[-1])


def _words(moment: Moment) -> list[str]:
    """What the unit is, in plain words."""
    active, flat = (
        shares[moment.unit.layer - 1, moment.unit.number - 1] for shares in shares_of(moment.recording, moment.row)
    )
    facts = {"active": percent(float(active)), "flat": percent(float(flat)), "samples": moment.recording.probe_size}
    state = said(STATES[str(states_of(active, flat))], **facts)
    return [said("Layer {layer}, unit {unit}: {state}", layer=moment.unit.layer, unit=moment.unit.number, state=state)]


@chart(
    "The chosen unit",
    see="What the unit answers to the samples of the probe, how often. Height is the square root of a share; the grey "
    "bar is the share exactly 0. Click another unit, or choose it by layer and number.",
    frame=_frame,
    at_step=True,
    needs=["body", "config", "activation_histogram", "unit_active_fraction", "unit_saturated_fraction"],
    of_unit=True,
    views={"body": 2},
)
def unit_activations(scene: None, ink: Ink) -> Drawing:
    """The histogram of the activations of one unit at one step, and in words whether it is alive, saturated or dead."""
    x = alt.X("left:Q", scale=linear(), axis=alt.Axis(grid=False), title=said("Activation a = φ(z)"))
    shares = alt.Axis(values=[0.01, 0.1, 0.25, 0.5, 1], format="~%")
    scale = alt.Scale(type="sqrt", zero=False, nice=False)
    y = alt.Y("share:Q", scale=scale, axis=shares, title=said("Share of samples"))
    share = [alt.Tooltip("share:Q", format=".1%")]
    bars = only("bar").transform_filter("datum.share > 0").mark_rect(color=ink.alive, opacity=0.8)
    bars = bars.encode(x, y, alt.X2("right:Q"), alt.Y2Datum(0), tooltip=share)
    zero = only("zero").mark_bar(width=6, color=ink.dead).encode(x, y, alt.Y2Datum(0), tooltip=share)
    words = only("words").mark_text(align="left", baseline="top", color=ink.text, lineBreak="\n", tooltip=None)
    corner = only("corner").mark_point(opacity=0, tooltip=None).encode(x, y)
    return layered(bars, zero, words.encode(alt.Text("words:N"), x=alt.value(4), y=alt.value(0)), corner)
