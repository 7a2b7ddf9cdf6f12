"""Map: hundreds of networks at once, over two knobs."""

TITLE = "Map"
ICON = ":material/grid_on:"
ORDER = 2

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.charts.heat import Map
from core.sweeps.outcomes import outcomes
from core.words.said import said, why
from ui.controls import choose
from ui.jobs import controls, slot, watch
from ui.missing import lacks_table
from ui.sidebar import settings
from ui.sweeps.map import WORDS, cell, choices, heat_of, offered, swept, take_click

st.title(said(TITLE), anchor=False)
st.caption(
    said("Hundreds of networks, each trained with other values of two knobs: where does it work, and where not?")
)
try:
    configs = choices(settings())
except ValueError as problem:
    st.error(said("There is no such map: {problem}.", problem=why(problem)), icon=":material/error:")
    st.stop()
place = slot("map")
job, grid, state = place.look()
controls(place, state, configs, partial(swept, configs), WORDS, lacking=lacks_table(configs.base))
if job is None or state is None:
    seeds = len(configs.axes["seed"])
    st.info(
        said(
            "{cells:,} cells × {seeds} seeds = {configs:,} networks. Draw the map to train them.",
            cells=len(configs) // seeds,
            seeds=seeds,
            configs=len(configs),
        ),
        icon=":material/info:",
    )
    st.stop()
names = offered(grid.base)
outcome = choose(
    st.segmented_control,
    "Outcome",
    names,
    "map_outcome",
    "loss",
    format_func=lambda name: said(outcomes[name].label),
    required=True,
)
across, up, _ = grid.axes
take_click(grid, across, up)
watch(job, state, grid.base, partial(heat_of, Map(across, up, outcome)))
cell(grid, across, up)
