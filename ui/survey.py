"""What the page Map shows: two knobs, the networks at every pair of their values, and the one that is looked at."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.charts.heat import CELL, Map, heat_frame, heat_spec
from core.cluster import executor
from core.config import Config
from core.datasets import DataUnavailable
from core.fields import Number
from core.live import ACTIVE, State, SweepRun
from core.outcomes import outcomes
from core.sweeps import Grid, grid
from core.training import record
from ui.frame import turn_to
from ui.lab import offer_other_data
from ui.show import is_dark
from ui.sidebar import use
from ui.views import charts_of, lay_out

REDRAW_SECONDS = 0.5
HEIGHT = 440
KNOBS = ("learning_rate", "weight_scale", "bias_init", "depth", "width", "batch_size", "momentum", "weight_decay")
RANGES = {"learning_rate": (1e-4, 10.0), "weight_scale": (0.1, 10.0), "depth": (1, 16), "width": (4, 128)}
NEEDS = frozenset(need for entry in outcomes.values() for need in entry.needs)
COLOURS = {"low": "Bright is low, so good.", "high": "Bright is high, so good.", "middle": "Pale is near 1, so good."}
SNAPSHOTS = 2  # a map needs the first and the last look only


@dataclass
class Survey:
    """Holds the sweep of a session."""

    run: SweepRun | None = None

    def start(self, configs: Grid) -> None:
        """Start a sweep, ending the one that lies here."""
        self.clear()
        self.run = SweepRun(configs, NEEDS, executor)

    def clear(self) -> None:
        """Stop the sweep, if there is one, and put it away."""
        if self.run is not None:
            self.run.stop()
        self.run = None


@st.cache_resource(scope="session", show_spinner=False, on_release=Survey.clear)
def survey() -> Survey:
    """The sweep of this session."""
    return Survey()


def knobs(config: Config) -> Grid:
    """The controls of a map: which knobs, how many cells, seeds and steps. The first two axes of the grid are x and y.

    Raises ValueError where values of the knobs do not go together.
    """
    fields = Config.fields()
    choices = [name for name in KNOBS if config.matters(name)]
    left, right = st.columns(2)
    words = {"format_func": lambda name: fields[name].label, "bind": "query-params"}
    x = left.selectbox("Across", choices, key="map_x", **words)
    others = [name for name in choices if name != x]
    y = right.selectbox(
        "Up", others, others.index("weight_scale") if "weight_scale" in others else 0, key="map_y", **words
    )
    cells, seeds, steps = st.columns(3)
    side = cells.select_slider("Cells a side", [4, 8, 12, 16, 24], 16, help="How many values of each knob to try.")
    count = seeds.slider("Seeds", 1, 5, 3, help="Networks in each cell. The map shows their median.")
    length = steps.select_slider("Steps", [50, 100, 200, 300, 500, 1000], 300, help="How long each network is trained.")
    base = Config(**{**config.to_dict(), "steps": length, "snapshots": SNAPSHOTS})
    return grid(base, **{x: _values(x, side), y: _values(y, side), "seed": range(count)})


def _values(name: str, side: int) -> list[Any]:
    """Even values of a field over the part of its range that is worth a map; in even ratios where it is logarithmic."""
    field = Config.fields()[name]
    assert isinstance(field, Number)
    low, high = RANGES.get(name, field.slider)
    values = np.geomspace(low, high, side) if field.log or field.whole else np.linspace(low, high, side)
    if field.whole:
        return sorted({round(value) for value in values})
    return [float(f"{value:.3g}") for value in values]


def controls(configs: Grid, run: SweepRun | None, state: State | None) -> None:
    """Start and stop of a sweep in a state, and what is to be said about them."""
    lying, active = survey(), state in ACTIVE
    again = run is not None and run.configs == configs
    with st.container(horizontal=True):
        start = "Go on" if again and state == "stopped" else "Draw the map"
        st.button(
            f":primary[**{start}**]" if not active else start,
            icon=":material/play_arrow:",
            disabled=active,
            on_click=lying.start,
            args=(configs,),
        )
        st.button("Stop the map", icon=":material/stop:", disabled=not active, on_click=run and run.stop)
    if run is None:
        st.caption(f"{len(configs):,} networks: {len(configs) // len(configs.axes['seed']):,} cells with their seeds.")
    elif not again:
        st.info("The settings have changed since this map was drawn.", icon=":material/difference:")


def chart(run: SweepRun, state: State, drawn: Map) -> None:
    """The map, filling in until the sweep leaves `state`."""

    @st.fragment(run_every=REDRAW_SECONDS if state in ACTIVE else None)
    def fill() -> None:
        if run.state != state:
            st.rerun()
        _progress(run)
        if run.partial is not None:
            _heat(run, drawn)

    fill()


def _progress(run: SweepRun) -> None:
    if run.problem is not None:
        st.error(f"The map could not be drawn: {run.problem}", icon=":material/error:")
    if run.state == "queued":
        st.progress(0.0, "Waiting for another map to be finished.")
    elif run.partial is None and run.active:
        st.progress(0.0, "Training the first networks …")
    elif run.state in ("running", "stopped"):
        done, total = (run.partial.progress.done if run.partial else 0), len(run.configs)
        left = f" · {run.partial.progress.seconds_left:,.0f} s left" if run.partial and run.active else ", stopped"
        st.progress(done / total, f"{done:,} of {total:,} networks{left}")


def _heat(run: SweepRun, drawn: Map) -> None:
    assert run.partial is not None
    sweep, entry = run.partial.dataset(), outcomes[drawn.outcome]
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
    config = Config(**{**configs.base.to_dict(), x: at_x, y: at_y, "snapshots": Config().snapshots})
    button.button("Open in the lab", icon=":material/science:", on_click=_to_lab, args=(config,), width="stretch")
    try:
        recording = record(config)
    except DataUnavailable as problem:
        offer_other_data(config, problem)
        return
    names = charts_of("Vital signs", recording)
    lay_out(names, config.depth).fill(recording, recording.steps[-1])


def _to_lab(config: Config) -> None:
    use(config)
    turn_to("pages/lab.py")
