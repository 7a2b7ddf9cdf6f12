"""What the page Search shows: every strategy of search on the same budget, side by side."""

from collections.abc import Iterator
from math import isfinite
from threading import Event
from typing import NamedTuple

import streamlit as st

from core.charts.trials import marginal_spec, plane_spec, trials_frame
from core.config import Config
from core.sweeps.knobs import Knob
from core.sweeps.search import Comparison, Trials, compare, strategies
from core.work.cluster import executor
from ui.controls import choose
from ui.jobs import Words
from ui.show import is_dark
from ui.sweeps.knobs import two_knobs

WORDS = Words("Search", "Stop the search", "The settings have changed since this search. Search again to see them.")
SNAPSHOTS = 2
BUDGETS = [9, 16, 25, 36, 64]
STEPS = [50, 100, 200, 300]
DRAWS = range(21)
MARKS = {
    "trial": "Bright is good.",
    "box": "Squares are the second round, which looked inside the frame.",
    "best": "The diamond is the best.",
    "above": "Hollow triangles are off the scale.",
    "lost": "Full triangles diverged.",
}


class SearchPlan(NamedTuple):
    """What to search: the settings around the knobs, how many trials each strategy has, and the luck of the draw."""

    base: Config
    knobs: tuple[Knob, Knob]
    budget: int
    draw: int


def choices(config: Config) -> SearchPlan:
    """The controls of a search. Raises ValueError where values of the knobs do not go together."""
    knobs = two_knobs(config, "First knob", "Second knob", "weight_decay", key="find")
    trials, steps, luck = st.columns(3)
    budget = choose(
        trials.select_slider,
        "Networks per strategy",
        BUDGETS,
        "find_budget",
        BUDGETS[0],
        help="What each of them may train.",
    )
    length = choose(
        steps.select_slider, "Steps per network", STEPS, "find_steps", 100, help="How long each is trained."
    )
    draw = choose(luck.slider, "Random draw", DRAWS, "find_draw", 0, help="Other random points.")
    base = Config(**{**config.to_dict(), "steps": length, "snapshots": SNAPSHOTS})
    return SearchPlan(base, knobs, budget, draw)


def searched(asked: SearchPlan, stop: Event) -> Iterator[Comparison]:
    """The work of a search. Raises ValueError where the largest network would not fit."""
    return compare(asked.base, asked.knobs, asked.budget, seed=asked.draw, executor=executor(), stop=stop)


def columns(knobs: tuple[Knob, Knob], known: Comparison) -> None:
    """A column for each strategy, with what it has tried so far."""
    for column, strategy in zip(st.columns(len(strategies)), strategies, strict=True):
        with column:
            st.header(strategy.replace("_", " ").capitalize(), anchor=False)
            st.caption(strategies.help(strategy))
            if strategy in known.trials:
                _result(known.trials[strategy], knobs, strategy)


def _result(trials: Trials, knobs: tuple[Knob, Knob], strategy: str) -> None:
    best, frame, fields = trials.configs[trials.best], trials_frame(trials), Config.fields()
    tried = len(trials.configs)
    if isfinite(trials.scores[trials.best]):
        st.metric("Best loss on held-out samples", f"{trials.scores[trials.best]:.3f}")
        where = ", ".join(f"{fields[knob.name].label} {getattr(best, knob.name):.3g}" for knob in knobs)
        st.caption(f"At {where}, of {tried} trials.")
    else:
        st.metric("Best loss on held-out samples", "none")
        st.caption(f"All {tried} networks diverged.")
    seen = " ".join(words for mark, words in MARKS.items() if (frame["mark"] == mark).any())
    _card("Where it looked", frame, plane_spec(knobs, dark=is_dark()), f"{strategy}_plane", seen)
    for which, knob in enumerate(knobs):
        values = len({getattr(config, knob.name) for config in trials.configs})
        spec = marginal_spec(knobs, which, dark=is_dark())
        band = "" if trials.box is None else " The band is where the second round looked."
        seen = f"Each mark is a network. {values} different values of this knob were tried.{band}"
        _card(f"Along {fields[knob.name].label.lower()} alone", frame, spec, f"{strategy}_{which}", seen)


def _card(title: str, frame: object, spec: dict[str, object], key: str, see: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.vega_lite_chart(frame, spec, key=f"find_{key}", width="stretch", height=220, alt=f"{title}. {see}")
        st.caption(see)
