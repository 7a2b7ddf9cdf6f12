"""What the page Search shows: every strategy of search on the same budget, side by side."""

from collections.abc import Iterator

import streamlit as st

from core.charts.trials import marginal_spec, plane_spec, trials_frame
from core.config import Config
from core.search import Knob, Trials, search, strategies
from ui.show import is_dark
from ui.survey import KNOBS, RANGES

LABELS = {"grid": "Grid", "random": "Random", "coarse_to_fine": "Coarse to fine"}
SNAPSHOTS = 2
KEPT = 30  # searches that a session remembers
BUDGETS = [9, 16, 25, 36, 64]
PLANE = "Bright is good, the diamond is the best. Hollow triangles are off the scale, full ones diverged."
STEPS = [50, 100, 200, 300]


def choices(config: Config) -> tuple[Config, tuple[Knob, Knob], int, int]:
    """The controls: two knobs, how many trials, how long each is trained, and the luck of the draw."""
    fields = Config.fields()
    names = [name for name in KNOBS if config.matters(name)]
    left, right = st.columns(2)
    first = left.selectbox("First knob", names, key="find_x", format_func=lambda name: fields[name].label)
    others = [name for name in names if name != first]
    start = others.index("bias_init") if "bias_init" in others else 0
    second = right.selectbox("Second knob", others, start, key="find_y", format_func=lambda name: fields[name].label)
    trials, steps, luck = st.columns(3)
    budget = trials.select_slider("Budget", BUDGETS, BUDGETS[0], help="How many networks each strategy may train.")
    length = steps.select_slider("Steps", STEPS, 100, help="How long each network is trained.")
    draw = luck.slider("Draw", 0, 20, 0, help="Another draw of the random strategies.")
    base = Config(**{**config.to_dict(), "steps": length, "snapshots": SNAPSHOTS})
    return base, (_knob(first), _knob(second)), budget, draw


def _knob(name: str) -> Knob:
    low, high = RANGES.get(name, Config.fields()[name].slider)  # type: ignore[attr-defined]
    return Knob(name, low, high)


def columns(base: Config, knobs: tuple[Knob, Knob], budget: int, draw: int) -> None:
    """A column for each strategy, filled round by round."""
    places = [column.container() for column in st.columns(len(strategies))]
    for place, strategy in zip(places, strategies, strict=True):
        with place:
            label = LABELS.get(strategy, strategy)
            st.header(label, anchor=False)
            st.caption(strategies.help(strategy))
            spot = st.empty()
            for trials in rounds(base, knobs, strategy, budget, draw):
                with spot.container():
                    _result(trials, knobs, strategy)


def rounds(base: Config, knobs: tuple[Knob, Knob], strategy: str, budget: int, draw: int) -> Iterator[Trials]:
    """The rounds of a search; at once if this session knows them already."""
    known: dict[object, Trials] = st.session_state.setdefault("searches", {})
    key = (base, knobs, strategy, budget, draw)
    if key in known:
        yield known[key]
        return
    with st.spinner(f"Training {budget} networks …"):
        for trials in search(base, knobs, strategy, budget, seed=draw):
            yield trials
    known[key] = trials
    while len(known) > KEPT:
        del known[next(iter(known))]


def _result(trials: Trials, knobs: tuple[Knob, Knob], strategy: str) -> None:
    best, frame, fields = trials.configs[trials.best], trials_frame(trials), Config.fields()
    st.metric("Best loss on held-out samples", f"{trials.scores[trials.best]:.3f}")
    where = ", ".join(f"{fields[knob.name].label} {getattr(best, knob.name):.3g}" for knob in knobs)
    st.caption(f"At {where}, of {len(trials.configs)} trials.")
    _card("Where it looked", frame, plane_spec(knobs, dark=is_dark()), f"{strategy}_plane", PLANE)
    for which, knob in enumerate(knobs):
        values = len({getattr(config, knob.name) for config in trials.configs})
        spec = marginal_spec(knobs, which, dark=is_dark())
        seen = f"Each mark is a network. {values} different values of this knob were tried."
        _card(f"Along {fields[knob.name].label.lower()} alone", frame, spec, f"{strategy}_{which}", seen)


def _card(title: str, frame: object, spec: dict[str, object], key: str, see: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.vega_lite_chart(frame, spec, key=f"find_{key}", width="stretch", height=220, alt=f"{title}. {see}")
        st.caption(see)
