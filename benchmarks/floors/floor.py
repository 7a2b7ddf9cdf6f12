"""The floor: the lab's four charts and its numbers, all found before, redrawn by a slider or by a clock. Nothing else.

It is a Streamlit app of its own, and what any page with four charts of Streamlit's costs at least. Its link may say
`depth`, and `live` for the clock.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pyarrow as pa
import streamlit as st
import torch

from core import Config, Recording, record
from core.charts import charts
from core.diagnosis.headlines import headlines
from core.diagnosis.words import Told, told
from ui.lab.views import FIRST, charts_of

STOPS, STEPS = 41, 100
CLOCK = 0.1  # seconds
Look = tuple[list[Told], list[tuple[str, pa.Table, dict[str, Any]]]]


@st.cache_resource(show_spinner=False)
def at_start(depth: int) -> list[Look]:
    """What the lab shows of untrained networks, for each stop of its slider."""
    recordings = [record(Config(depth=depth, bias_init=stop / 20, steps=0)) for stop in range(STOPS)]
    return [_look(recording, 0) for recording in recordings]


@st.cache_resource(show_spinner=False)
def of_a_run(depth: int) -> list[Look]:
    """What the lab shows of a run, for each of its steps."""
    recording = record(Config(depth=depth, steps=STEPS))
    return [_look(recording, step) for step in recording.steps]


def _look(recording: Recording, step: int) -> Look:
    chosen = [charts[name] for name in charts_of(FIRST, recording)]
    tables = [pa.Table.from_pandas(chart.frame_of(recording, step)) for chart in chosen]
    specs = [chart.spec(recording, dark=False) for chart in chosen]
    names = [chart.name for chart in chosen]
    return [told(headline) for headline in headlines(recording, step)], list(zip(names, tables, specs, strict=True))


def show(look: Look) -> None:
    """Draw one look, two charts in a row."""
    numbers, pictures = look
    for place, number in zip(st.columns(len(numbers)), numbers, strict=True):
        place.metric(number.name, number.number)
        place.caption(number.sentence)
    _pair(pictures[:2])
    _pair(pictures[2:])


def _pair(pictures: Sequence[tuple[str, pa.Table, dict[str, Any]]]) -> None:
    for place, (name, table, spec) in zip(st.columns(2), pictures, strict=True):
        place.vega_lite_chart(table, spec, key=name, width="stretch", height=charts[name].height_of())


st.set_page_config("Floor", layout="wide")
torch.set_num_threads(1)  # as the app runs
chosen_depth = int(st.query_params.get("depth", Config().depth))
if "live" in st.query_params:
    looks, ticks = of_a_run(chosen_depth), count()

    @st.fragment(run_every=CLOCK)
    def redraw() -> None:
        st.progress(1.0, "Nothing is trained.")
        show(looks[next(ticks) % len(looks)])

    redraw()
else:
    show(at_start(chosen_depth)[st.sidebar.slider("Bias init", 0, STOPS - 1, STOPS // 2)])
