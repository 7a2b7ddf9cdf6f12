"""Map: hundreds of networks at once, over two knobs."""

TITLE = "Map"
ICON = ":material/grid_on:"
ORDER = 2

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.charts.heat import Map
from core.outcomes import outcomes
from ui.jobs import controls, slot, watch
from ui.sidebar import settings
from ui.survey import WORDS, cell, choices, heat, swept

st.title("Map", anchor=False)
st.caption("Hundreds of networks, each trained with other values of two knobs: where does it work, and where not?")
try:
    configs = choices(settings())
except ValueError as problem:
    st.error(f"There is no such map: {problem}.", icon=":material/error:")
    st.stop()
place = slot("map")
job, grid = place.look()
state = job.state if job is not None else None  # asked once: it may change while the page is drawn
controls(place, state, configs, partial(swept, configs), WORDS)
if job is None or state is None:
    st.caption(f"{len(configs):,} networks: {len(configs) // len(configs.axes['seed']):,} cells with their seeds.")
    st.stop()
outcome = st.segmented_control(
    "Outcome",
    list(outcomes),
    default="loss",
    key="map_outcome",
    bind="query-params",
    format_func=lambda name: outcomes[name].label,
    required=True,
)
across, up, _ = grid.axes
watch(job, state, grid.base, partial(heat, Map(across, up, outcome or "loss")))
cell(grid, across, up)
