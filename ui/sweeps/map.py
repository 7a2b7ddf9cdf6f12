"""What the page Map shows: two knobs, the networks at every pair of their values, and the one that is looked at."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import streamlit as st

from core.charts.causes import CAUSE, causes
from core.charts.heat import CELL, Map, heat
from core.config import Config
from core.datasets import DataUnavailable
from core.diagnosis.causes.judge import JudgedMap, judging
from core.networks.data import load
from core.sweeps.estimate import run_seconds
from core.sweeps.grid import Grid
from core.sweeps.maps import SEEDS, SIDE, STEPS, map_of
from core.sweeps.outcomes import outcomes
from core.training import record
from core.words.numbers import short
from core.words.said import counted, said
from core.work.cluster import executor
from core.work.stored import Origin
from ui.controls import choose, kept
from ui.jobs.jobs import Words
from ui.jobs.limit import too_long
from ui.lab.views import FIRST, charts_of, lay_out
from ui.missing import first_words, unavailable
from ui.show import card, facts_of
from ui.sidebar import to_lab
from ui.sweeps.knobs import two_knobs

WORDS = Words(
    "Draw the map",
    "Stop the map",
    "The settings have changed since this map was drawn. Draw the map again to see them.",
)
AGAIN = replace(WORDS, start="Draw again")  # where the map is on the screen, and was not drawn here
SIDES, SEED_COUNTS, STEP_COUNTS = (4, 8, 12, 16, 24), range(1, 6), (50, 100, 200, 300, 500, 1000)
CELL_AT = ("map_at_x", "map_at_y")  # the keys of the sliders that choose a cell
CHOSEN = "map_cell_chosen"  # whether the visitor has chosen one


def choices(config: Config) -> Grid:
    """The controls of a map: which knobs, how many cells, seeds and steps. The first two axes of the grid are x and y.

    Raises ValueError where values of the knobs do not go together.
    """
    x, y = two_knobs(config, "Knob across", "Knob up", "weight_scale", key="map")
    cells, seeds, steps = st.columns(3)
    side = choose(cells.select_slider, "Values per knob", SIDES, "map_side", SIDE, help="Cells in each row.")
    count = choose(seeds.slider, "Seeds", SEED_COUNTS, "map_seeds", SEEDS, help="Networks in each cell.")
    length = choose(
        steps.select_slider, "Steps per network", STEP_COUNTS, "map_steps", STEPS, help="How long each is trained."
    )
    return map_of(config, x, y, side=side, seeds=count, steps=length)


def swept(configs: Grid, stop: Event) -> Iterator[JudgedMap]:
    """The work of a map."""
    return judging(configs, executor=executor(), stop=stop)


def offered(base: Config) -> dict[str, str]:
    """The outcomes that there are on this data, and the cause."""
    try:
        classes = load(base).classes
    except DataUnavailable:
        classes = 0
    labels = {name: entry.label for name, entry in outcomes.items() if classes or not entry.classes}
    return labels | {CAUSE: "Cause"}


def heat_of(drawn: Map, judged: JudgedMap) -> None:
    """The map of what is known; a click chooses the cell that `cell` shows."""
    chosen = tuple(st.session_state.get(key) for key in CELL_AT)
    clicks: dict[str, Any] = {"at": str(drawn), "on_select": "rerun", "selection_mode": [CELL]}
    if drawn.outcome == CAUSE:
        event = card(causes, judged, drawn, chosen, **clicks)
    else:
        event = card(heat, judged.known.dataset(), drawn, chosen, **clicks)
    clicked = event.selection.get(CELL)
    if clicked and clicked[0]["row"] != st.session_state.get("map_clicked"):
        st.session_state["map_row"] = st.session_state["map_clicked"] = clicked[0]["row"]
        st.rerun()  # what is shown of the cell is outside of this fragment


def from_before(judged: JudgedMap, origin: Origin) -> None:
    """When and where the map that is shown was trained."""
    told = said(
        "{networks} networks, trained on {date} ({processor}, {libraries}). “Draw again” trains them here.",
        networks=len(judged.known.configs),
        **facts_of(origin),
    )
    st.caption(told)


def take_click(configs: Grid, x: str, y: str) -> None:
    """Let the cell that was clicked, if there is one, be the one that is looked at: before its sliders are drawn."""
    across, up = configs.axes[x], configs.axes[y]
    row = st.session_state.pop("map_row", None)
    if row is not None:
        for key, value in zip(CELL_AT, (across[row % len(across)], up[row // len(across)]), strict=True):
            st.session_state[key] = value
        choose_cell()
    for key, values in zip(CELL_AT, (across, up), strict=True):
        kept(key, values, values[len(values) // 2])


def choose_cell() -> None:
    """Remember that the visitor wants to look into a cell."""
    st.session_state[CHOSEN] = True


def cell(configs: Grid, x: str, y: str, *, unasked: bool) -> None:
    """The network of one cell, chosen by a click or by two sliders, and the way to the lab.

    It is trained once the visitor has chosen one; `unasked`, also before.
    """
    st.header(said("One cell"), anchor=False)
    left, right, button = st.columns([2, 2, 1], vertical_alignment="bottom")
    fields, seeds = Config.fields(), configs.axes["seed"]
    at_x, at_y = (
        column.select_slider(
            said(fields[name].label), configs.axes[name], key=key, format_func=short, on_change=choose_cell
        )
        for column, name, key in zip((left, right), (x, y), CELL_AT, strict=True)
    )
    values = {**configs.base.to_dict(), x: at_x, y: at_y, "seed": seeds[0], "snapshots": Config().snapshots}
    config = Config(**values)
    words = counted(
        config.steps,
        "The settings of this cell. Start training repeats its step.",
        "The settings of this cell. Start training repeats its {steps:,} steps.",
        steps=config.steps,
    )
    button.button(
        said("Open in the lab"), icon=":material/science:", on_click=to_lab, args=(config, words), width="stretch"
    )
    if unasked or CHOSEN in st.session_state:
        _looked_into(config, seeds)
    else:
        st.info(said("Click a cell of the map, or move one of these sliders, to train its network and look into it."))


def _looked_into(config: Config, seeds: tuple[int, ...]) -> None:
    """The network of a cell, drawn as in the lab, unless it takes too long."""
    if why_not := too_long(run_seconds(config)):
        st.warning(why_not, icon=":material/hourglass_disabled:")
        return
    try:
        with st.spinner(first_words(config, said("Training the network of this cell …"))):
            recording = record(config)
    except DataUnavailable as problem:
        unavailable(problem, config)
        return
    if len(seeds) > 1:
        st.caption(
            said(
                "The map sums up {seeds} networks of this cell. This is the one of seed {seed}.",
                seeds=len(seeds),
                seed=seeds[0],
            )
        )
    names = charts_of(FIRST, recording)
    lay_out(names, recording).fill(recording, recording.steps[-1])
