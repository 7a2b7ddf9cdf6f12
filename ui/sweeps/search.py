"""What the page Search shows: every strategy of search on the same budget, side by side."""

from collections.abc import Iterator
from math import isfinite
from threading import Event
from typing import NamedTuple

import streamlit as st

from core.charts.trials import marginal, plane
from core.config import Config
from core.sweeps.estimate import sweep_seconds
from core.sweeps.grid import grid
from core.sweeps.knobs import Knob
from core.sweeps.search import Comparison, Trials, compare, strategies
from core.words.numbers import spelled
from core.words.said import counted, said
from core.work.cluster import executor
from ui.controls import choose
from ui.jobs.jobs import Words
from ui.show import card
from ui.sweeps.knobs import two_knobs

WORDS = Words("Search", "Stop the search", "The settings have changed since this search. Search again to see them.")
SNAPSHOTS = 2
BUDGETS = [9, 16, 25, 36, 64]
STEPS = [50, 100, 200, 300]
DRAWS = range(21)
SPREAD = 3  # values of each knob that stand for all


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


def seconds_of(asked: SearchPlan) -> float:
    """About how long a search takes: as if its networks lay all over the range of the knobs, evenly. Raises ValueError
    where values of the knobs do not go together."""
    spread = grid(asked.base, **{knob.name: knob.axis(SPREAD) for knob in asked.knobs})
    return sweep_seconds(spread) / len(spread) * asked.budget * len(strategies)


def columns(knobs: tuple[Knob, Knob], known: Comparison) -> None:
    """A column for each strategy, with what it has tried so far."""
    for column, (strategy, entry) in zip(st.columns(len(strategies)), strategies.items(), strict=True):
        with column:
            label = said(entry.label)
            st.header(f"{label[0].upper()}{label[1:]}", anchor=False)
            st.caption(said(strategies.help(strategy)))
            if strategy in known.trials:
                _result(known.trials[strategy], knobs, strategy)


def _result(trials: Trials, knobs: tuple[Knob, Knob], strategy: str) -> None:
    best, fields = trials.configs[trials.best], Config.fields()
    tried = len(trials.configs)
    if isfinite(trials.scores[trials.best]):
        st.metric(said("Best loss on held-out samples"), f"{trials.scores[trials.best]:.3f}")
        where = ", ".join(f"{said(fields[knob.name].label)} {spelled(getattr(best, knob.name))}" for knob in knobs)
        st.caption(
            counted(tried, "At {where}, of 1 trial.", "At {where}, of {tried} trials.", where=where, tried=tried)
        )
    else:
        st.metric(said("Best loss on held-out samples"), said("none"))
        st.caption(counted(tried, "The only network so far diverged.", "All {tried} networks diverged.", tried=tried))
    card(plane, trials, knobs, at=strategy)
    for which in range(len(knobs)):
        card(marginal, trials, knobs, which, at=f"{strategy}_{which}")
