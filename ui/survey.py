"""What the page Map shows: two knobs, the networks at every pair of their values, and the one that is looked at."""

from collections.abc import Iterator
from threading import Event

import streamlit as st

from core.charts.heat import CELL, Map, heat_frame, heat_spec
from core.cluster import executor
from core.config import Config
from core.datasets import DataUnavailable
from core.grid import Grid
from core.maps import NEEDS, SEEDS, SIDE, STEPS, map_of
from core.outcomes import outcomes
from core.sweeps import Partial, sweeping
from core.training import record
from ui.desk import first_words
from ui.frame import turn_to
from ui.jobs import Words
from ui.knobs import two_knobs
from ui.lab import offer_other_data
from ui.show import is_dark, plain
from ui.sidebar import use
from ui.views import charts_of, lay_out

WORDS = Words("Draw the map", "Stop the map", "The settings have changed since this map was drawn.")
HEIGHT = 440
COLOURS = {"low": "Bright is low, so good.", "high": "Bright is high, so good.", "middle": "Pale is near 1, so good."}


def choices(config: Config) -> Grid:
    """The controls of a map: which knobs, how many cells, seeds and steps. The first two axes of the grid are x and y.

    Raises ValueError where values of the knobs do not go together.
    """
    x, y = two_knobs(config, "Across", "Up", "weight_scale", key="map")
    cells, seeds, steps = st.columns(3)
    side = cells.select_slider("Cells a side", [4, 8, 12, 16, 24], SIDE, help="How many values of each knob to try.")
    count = seeds.slider("Seeds", 1, 5, SEEDS, help="Networks in each cell. The map shows their median.")
    length = steps.select_slider(
        "Steps", [50, 100, 200, 300, 500, 1000], STEPS, help="How long each network is trained."
    )
    return map_of(config, x, y, side=side, seeds=count, steps=length)


def swept(configs: Grid, stop: Event) -> Iterator[Partial]:
    """The work of a map."""
    return sweeping(configs, executor=executor(), variables=NEEDS, stop=stop)


def heat(drawn: Map, known: Partial) -> None:
    """The map of what is known; a click chooses the cell that `cell` shows."""
    sweep, entry = known.dataset(), outcomes[drawn.outcome]
    with st.container(border=True):
        st.markdown(f"**{entry.label}**")
        event = st.vega_lite_chart(
            heat_frame(sweep, drawn),
            heat_spec(sweep, drawn, dark=is_dark()),
            key=f"map_chart_{drawn}",
            width="stretch",
            height=HEIGHT,
            on_select="rerun",
            selection_mode=[CELL],
            alt=f"{entry.label} over {drawn.x} and {drawn.y}. {outcomes.help(drawn.outcome)}",
        )
        st.caption(f"{outcomes.help(drawn.outcome)} {COLOURS[entry.good]} Triangles are not finite. Click a cell.")
    chosen = event.selection.get(CELL)
    if chosen and chosen[0]["row"] != st.session_state.get("map_clicked"):
        st.session_state["map_row"] = st.session_state["map_clicked"] = chosen[0]["row"]
        st.rerun()  # what is shown of the cell is outside of this fragment


def cell(configs: Grid, x: str, y: str) -> None:
    """The network of one cell: chosen by a click or by the two sliders, drawn as in the lab, and the way there."""
    st.header("One cell", anchor=False)
    across, up = configs.axes[x], configs.axes[y]
    row = st.session_state.pop("map_row", None)
    if row is not None:
        st.session_state["map_at_y"], st.session_state["map_at_x"] = up[row // len(across)], across[row % len(across)]
    for key, values in (("map_at_x", across), ("map_at_y", up)):
        if st.session_state.get(key) not in values:
            st.session_state[key] = values[len(values) // 2]
    left, right, button = st.columns([2, 2, 1], vertical_alignment="bottom")
    fields = Config.fields()
    at_x = left.select_slider(fields[x].label, across, key="map_at_x", format_func=lambda value: f"{value:.3g}")
    at_y = right.select_slider(fields[y].label, up, key="map_at_y", format_func=lambda value: f"{value:.3g}")
    seeds = configs.axes["seed"]
    values = {**configs.base.to_dict(), x: at_x, y: at_y, "seed": seeds[0], "snapshots": Config().snapshots}
    config = Config(**values)
    button.button("Open in the lab", icon=":material/science:", on_click=_to_lab, args=(config,), width="stretch")
    try:
        with st.spinner(first_words(config, "Training the network of this cell …")):
            recording = record(config)
    except DataUnavailable as problem:
        st.error(plain(str(problem)), icon=":material/cloud_off:")
        offer_other_data(config)
        return
    if len(seeds) > 1:
        st.caption(f"The network of seed {seeds[0]}, one of the {len(seeds)} of this cell.")
    names = charts_of("Vital signs", recording)
    lay_out(names, config.depth).fill(recording, recording.steps[-1])


def _to_lab(config: Config) -> None:
    use(config)
    turn_to("pages/lab.py")
