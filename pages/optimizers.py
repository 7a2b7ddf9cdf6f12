"""Lesson: How does a gradient become a step, and how large may that step be?"""

TITLE = "Optimizers"
ICON = ":material/route:"
ORDER = 290

from ui.frame import inside_frame

inside_frame()

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Event

import streamlit as st

from core import Config
from core.charts.experiments.optimizers import race as raced_drawn
from core.charts.experiments.optimizers.landscapes import LEFT, NAMES, factors, first_table, path_table, walkers, walks
from core.experiments.optimizers import landscapes
from core.experiments.optimizers.landscapes import COMPARED, EVEN, paths
from core.experiments.optimizers.race import BASE, RACE, RATES, SEEDS, race_of, raced
from core.sweeps.sweeps import Partial
from core.words.said import said
from core.work.cluster import executor
from ui.controls import choose, choose_several
from ui.jobs.jobs import Words, controls, slot, watch
from ui.lesson import Guess, ask, code, explain, onward
from ui.show import cards

FIRST = ["sgd", "momentum", "adam"]
MOMENTA = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
RACED = {"best": "each its best", **{str(rate): str(rate) for rate in RATES}}  # at which learning rate
HELD = """Of momentum and nesterov: how much of the last step is kept. Nesterov's, which looks ahead, bears \
less: 2(1 + μ)/((1 + 2μ)λ)."""
OPENS = """The lab opens with {first}, the first optimizer of those above, at learning rate {rate:g} and momentum \
{share:g} where that counts, on {data}."""
WORDS = Words("Start the race", "Stop the race", "")
GUESS = Guess(
    "The gradient of a weight is 0.3 and the learning rate 0.01. How far does the first step of Adam move the weight?",
    {
        "a": "By 0.003, the learning rate times the gradient.",
        "b": "By 0.01, and as far if the gradient were 100 times smaller.",
        "c": "By 0.1, ten learning rates.",
    },
    right="b",
)
CODE = """
import torch
for name in ("SGD", "Adagrad", "RMSprop", "Adam", "Adamax", "NAdam"):
    for gradient in (0.3, 0.003):
        weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, name)([weight], lr=0.01)
        weight.grad = torch.full_like(weight, gradient)
        optimizer.step()
        print(f"{name}, gradient {gradient}: {-weight.item() / 0.01:.3f} learning rates")
"""


def on_all_cores(stop: Event) -> Iterator[Partial]:
    """The work of the race."""
    return raced(stop, executor())


def race(rate: float | None, known: Partial) -> None:
    """The race as far as it is known, at one learning rate or each at its best."""
    run = race_of(known.dataset())
    cards((raced_drawn.race, run, rate), (raced_drawn.rates, run))
    if run.sizes["optimizer"]:
        st.table(raced_drawn.table(run))
        st.caption(said(raced_drawn.AT_BEST, rates=len(RATES), steps=BASE.steps, seeds=len(SEEDS)))


ask(GUESS)
left, right = st.columns(2)
place = choose(left.segmented_control, "Landscape", NAMES, "optimizers_place", "valley", required=True)
many = {"selection_mode": "multi", "wrap": True}
chosen = choose_several(right.pills, "Optimizers", COMPARED, "optimizers_shown", FIRST, **many)
left, right = st.columns(2)
rate = choose(left.select_slider, "Learning rate of all", landscapes.LEARNING_RATES, "optimizers_rate", 0.02)
share = choose(right.select_slider, "Momentum, μ", MOMENTA, "optimizers_momentum", 0.9, help=HELD)
even = tuple(name for name in EVEN if name in chosen) or EVEN[:1]
walked = paths(place, tuple(name for name in COMPARED if name in chosen), rate, share)
cards((walks, place, walked), (factors, place, even, rate, share))
if walkers(walked):
    st.table(path_table(walked))
    st.caption(said(LEFT, steps=landscapes.STEPS, share=landscapes.REACHED))
st.table(first_table())
st.caption(
    said("The first step of each as torch.optim makes it, in learning rates of {rate}.", rate=landscapes.FIRST_RATE)
)
st.markdown(said("**A race on digits**"))
desk = slot("optimizers")
job, _, state = desk.look()
controls(desk, state, RACE, on_all_cores, WORDS)
if job is None or state is None:
    counts = {"optimizers": len(COMPARED), "rates": len(RATES), "seeds": len(SEEDS), "networks": len(RACE)}
    st.caption(said(raced_drawn.COUNTED, **counts))
else:
    wanted = choose(st.select_slider, "Learning rate in the race", RACED, "optimizers_race", "best")
    watch(job, state, BASE, partial(race, None if wanted == "best" else float(wanted)))
explain(
    GUESS,
    "Plain gradient descent multiplies the distance from the goal by 1 − ηλ a step: the learning rate η must stay "
    "below 2/λ of the steepest curvature λ, and flat directions wait. Momentum bears 2(1 + μ)/λ and hurries along flat "
    "ones, but swings.\n\n"
    "Adam and its relatives divide by the usual size of each weight's gradient: their first step is about one "
    "learning rate (ten with RMSprop), however small the gradient. So at learning rates from 0.02 on, RMSprop and Adam "
    "cross the saddle before SGD; in a valley that lies across the axes they gain less.\n\n"
    "The lecture's family tree of optimizers looks as if each beat the last. In the race the median of each, at its "
    "own rate, ends below a hundredth of the first loss.",
)
code(CODE)
foremost = (*walkers(walked), EVEN[0])[0]
settings = {"optimizer": foremost, "learning_rate": rate, "momentum": share}
opened = replace(BASE, **settings, snapshots=Config().snapshots)
st.caption(said(OPENS, first=foremost, rate=rate, share=share, data=opened.dataset))
onward(opened)
