"""Map: hundreds of networks at once, over two knobs."""

TITLE = "Map"
ICON = ":material/grid_on:"
ORDER = 2

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.charts.heat import Map
from core.diagnosis.causes.stored import judged_map
from core.sweeps.estimate import sweep_seconds
from core.words.said import said, why
from ui.controls import choose
from ui.jobs.jobs import controls, slot, watch
from ui.jobs.limit import duration
from ui.missing import lacks_table
from ui.sidebar import say_problems, settings
from ui.sweeps.map import AGAIN, WORDS, cell, choices, from_before, heat_of, offered, swept, take_click

say_problems()
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
stored = judged_map(configs) if job is None else None
words = AGAIN if stored is not None else WORDS
seconds = sweep_seconds(configs)
controls(place, state, configs, partial(swept, configs), words, lacking=lacks_table(configs.base), seconds=seconds)
if job is None and stored is None:
    seeds = len(configs.axes["seed"])
    st.info(
        said(
            "{cells:,} cells × {seeds} seeds = {configs:,} networks. Draw the map to train them. That takes about "
            "{took} while nobody else works here.",
            cells=len(configs) // seeds,
            seeds=seeds,
            configs=len(configs),
            took=duration(seconds),
        ),
        icon=":material/info:",
    )
    st.stop()
networks = grid if job is not None else configs
across, up, _ = networks.axes
outcome = choose(
    st.segmented_control,
    "Outcome",
    offered(networks.base),
    "map_outcome",
    "loss",
    required=True,
)
take_click(networks, across, up)
drawn = Map(across, up, outcome)
if stored is not None:
    st.fragment(heat_of)(drawn, stored[0])
    from_before(*stored)
elif job is not None and state is not None:
    watch(job, state, networks.base, partial(heat_of, drawn))
cell(networks, across, up, unasked=stored is None)
