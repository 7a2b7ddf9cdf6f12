"""Map: hundreds of networks at once, over two knobs."""

TITLE = "Map"
ICON = ":material/grid_on:"
ORDER = 2

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.charts.heat import Map
from core.outcomes import outcomes
from ui.sidebar import settings
from ui.survey import cell, chart, controls, knobs, survey

st.title("Map", anchor=False)
st.caption("Hundreds of networks, each trained with other values of two knobs: where does it work, and where not?")
try:
    configs = knobs(settings())
except ValueError as problem:
    st.error(f"There is no such map: {problem}.", icon=":material/error:")
    st.stop()
run = survey().run
state = run.state if run is not None else None  # asked once: it may change while the page is drawn
controls(configs, run, state)
if run is not None and state is not None:
    outcome = st.segmented_control(
        "Outcome",
        list(outcomes),
        default="loss",
        key="map_outcome",
        bind="query-params",
        format_func=lambda name: outcomes[name].label,
        required=True,
    )
    across, up, _ = run.configs.axes
    chart(run, state, Map(across, up, outcome or "loss"))
    cell(run.configs, across, up)
