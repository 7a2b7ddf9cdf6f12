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
from core.charts.experiments.optimizers.landscapes import (
    above_in_words,
    factor_frame,
    factor_spec,
    path_frame,
    path_spec,
)
from core.charts.experiments.optimizers.race import race_frame, race_spec, rates_frame, rates_spec
from core.work.cluster import executor
from core.experiments.optimizers.landscapes import (
    COMPARED,
    EVEN,
    FIRST_RATE,
    GRADIENTS,
    LANDSCAPES,
    LEARNING_RATES,
    REACHED,
    STEPS,
    first_steps,
    path_table,
    paths,
)
from core.experiments.optimizers.race import BASE, RACE, RATES, SEEDS, Race, raced
from core.sweeps.sweeps import Partial
from ui.jobs import Words, controls, slot, watch
from ui.controls import choose, choose_several
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import is_dark

FIRST = ["sgd", "momentum", "adam"]
MOMENTA = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
BEST = "each its best"
HEIGHT, RACE_HEIGHT = 430, 340
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
    run = Race.of(known.dataset())
    first, second = st.columns(2)
    with first:
        picture(
            "The race",
            f"Medians of {len(SEEDS)} seeds. With one learning rate for all, it is that rate which decides who wins. "
            "Arrows are above the axis.",
            race_frame(run, rate),
            race_spec(run.optimizers, dark=is_dark()),
            "The training loss of each optimizer over the steps, on a logarithmic axis.",
            RACE_HEIGHT,
        )
    with second:
        picture(
            "Which learning rate each one needs",
            f"The loss after {BASE.steps} steps: medians, and bars from the lowest to the highest seed. Each has a "
            "valley of its own. Arrows are above the axis.",
            rates_frame(run),
            rates_spec(run.optimizers, dark=is_dark()),
            "The training loss at the end over the learning rate, for each optimizer, on logarithmic axes.",
            RACE_HEIGHT,
        )
    if run.optimizers:
        st.table(run.table())
        st.caption(
            f"Each at its best of {len(RATES)} learning rates, after {BASE.steps} steps, over {len(SEEDS)} seeds. "
            "Where ranges overlap, other seeds may change the order."
        )


ask(GUESS)


left, right = st.columns(2)
place = choose(left.segmented_control, "Landscape", list(LANDSCAPES), "optimizers_place", "valley", required=True)
chosen = choose_several(
    right.pills, "Optimizers", COMPARED, "optimizers_shown", FIRST, selection_mode="multi", wrap=True
)
left, right = st.columns(2)
rate = choose(left.select_slider, "Learning rate of all", LEARNING_RATES, "optimizers_rate", 0.02)
share = choose(
    right.select_slider,
    "Momentum, μ",
    MOMENTA,
    "optimizers_momentum",
    0.9,
    help="Of momentum and nesterov: how much of the last step is kept. Nesterov's, which looks ahead, bears "
    "less: 2(1 + μ)/((1 + 2μ)λ).",
)
even = tuple(name for name in EVEN if name in chosen) or EVEN[:1]
walked = paths(place, tuple(name for name in COMPARED if name in chosen), rate, share)
first, second = st.columns(2)
with first:
    picture(
        "Paths from one start",
        "Each band has a quarter of the loss of the one around it. A path that leaves the picture may come back.",
        path_frame(place, walked),
        path_spec(tuple(path.optimizer for path in walked), dark=is_dark()),
        f"The paths of optimizers over the loss of two weights: {place}.",
        HEIGHT,
    )
with second:
    factors = factor_frame(place, even, rate, share)
    picture(
        "How far a step may go",
        LANDSCAPES[place].see + above_in_words(factors),
        factors,
        factor_spec(place, even, dark=is_dark()),
        f"The factor of a step over learning rate times curvature, measured and theory: {', '.join(even)}.",
        HEIGHT,
    )
if walked:
    st.table(path_table(walked))
    st.caption(
        f"Each walks {STEPS} steps. What is left is a mean, as some still swing; “not for good” says that it is more "
        f"than {REACHED:.0%} again."
    )
st.table(
    {
        "Optimizer": list(first_steps()),
        **{
            f"First step at gradient {gradient}": [f"{steps[n]:.4g}" for steps in first_steps().values()]
            for n, gradient in enumerate(GRADIENTS)
        },
    }
)
st.caption(f"The first step of each as torch.optim makes it, in learning rates of {FIRST_RATE}.")
st.markdown("**A race on digits**")
place = slot("optimizers")
job, _, state = place.look()
controls(place, state, RACE, on_all_cores, WORDS)
if job is None or state is None:
    st.caption(
        f"{len(COMPARED)} optimizers, {len(RATES)} learning rates and {len(SEEDS)} seeds: {len(RACE)} networks. Those "
        "of one seed have the same first weights and the same batches. It takes some seconds."
    )
else:
    words = [BEST, *map(str, RATES)]
    wanted = choose(st.select_slider, "Learning rate in the race", words, "optimizers_race", BEST)
    watch(job, state, BASE, partial(race, None if wanted == BEST else float(wanted)))
explain(
    GUESS,
    "Plain gradient descent multiplies the distance from the goal by 1 − ηλ a step: the learning rate η must stay "
    "below 2/λ of the steepest curvature λ, and flat directions wait. Momentum bears 2(1 + μ)/λ and hurries along flat "
    "ones, but swings."
    "\n\nAdam and its relatives divide by the usual size of each weight's gradient: their first step is about one "
    "learning rate (ten with RMSprop), however small the gradient. So at learning rates from 0.02 on, RMSprop and Adam "
    "cross the saddle before SGD; in a valley that lies across the axes they gain less."
    "\n\nThe lecture's family tree of optimizers looks as if each beat the last. In the race every one of them brings "
    "the loss below a hundredth of the first, each at its own rate.",
)
code(CODE)
foremost = walked[0].optimizer if walked else EVEN[0]
settings = {"optimizer": foremost, "learning_rate": rate, "momentum": share}
opened = replace(BASE, **settings, snapshots=Config().snapshots)
st.caption(
    f"The lab opens with {foremost}, the first optimizer of those above, at learning rate {rate:g} and momentum "
    f"{share:g} where that counts, on {opened.dataset}."
)
onward(opened)
