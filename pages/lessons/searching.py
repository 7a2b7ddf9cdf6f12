"""Lesson: Where should hyperparameters be searched, and how is each setting judged?"""

TITLE = "Searching hyperparameters"
ICON = ":material/grid_on:"
ORDER = 320

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core import Config
from core.charts.experiments.searching.coverage import distances_frame, distances_spec, square_frame, square_spec
from core.charts.experiments.searching.folds import folds_frame, folds_spec
from core.charts.trials import marginal, rounds_in_words, trials_frame, values_in_words
from core.experiments.searching.coverage import (
    BUDGETS,
    MATTER,
    ONE,
    SHARES,
    Tried,
    chance_in_words,
    distances,
    square,
    trials_needed,
)
from core.experiments.searching.folds import COUNTS, FOLDS, cross_validate
from core.words.numbers import readable
from core.sweeps.knobs import Knob
from core.sweeps.search import search, strategies
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, open_in_lab, part, picture
from ui.show import is_dark

DRAWS = range(21)
DECAY = Knob("weight_decay", 0.0, 0.1)
RATES = {"log": Knob("learning_rate", 1e-5, 1.0), "linear": Knob("learning_rate", 0.0, 1.0)}
SHOWN = (RATES["log"], DECAY)  # whatever is drawn
SEARCHES = {name.replace("_", " "): name for name in strategies}
NETWORKS = 16
NETWORK = Config(
    depth=1, width=32, samples=400, batch_size=32, optimizer="adam", learning_rate=0.01, steps=60, snapshots=2
)
DOTTED = "On average. Marks are simulated, dotted lines formulas. Random search does not mind knobs of no use."
SOLID = "On average, simulated. The more knobs matter, the farther both end."
GUESS = Guess(
    "You can afford nine networks to choose two settings, and only one of the two matters, but you do not know which. "
    "What comes nearer to the best setting?",
    {
        "a": "A grid of 3 × 3: it leaves no gaps.",
        "b": "Nine random points.",
        "c": "Both are as good on average.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
optimum = torch.rand(1_000_000, 1)
print(f"3 values of a grid: {(torch.tensor([1, 3, 5]) / 6 - optimum).abs().amin(1).mean():.2g} from the optimum")
for trials in (3, 9):
    tried = torch.rand(1_000_000, trials)
    print(f"{trials} random values: {(tried - optimum).abs().amin(1).mean():.2g} from the optimum")
print(f"60 random trials hit the best 5 % with a chance of {1 - 0.95**60:.4f}")
"""

ask(GUESS)


def cover() -> None:
    """Points in a square, and how far they end from the optimum."""
    left, right = st.columns(2)
    budget = choose(left.select_slider, "Trials", BUDGETS, "searching_trials", 9)
    share = choose(
        right.select_slider,
        "Best share, p",
        SHARES,
        "searching_share",
        0.05,
        help="How many of all settings are good enough for you: 0.05 are the best 5 in 100.",
    )
    numbers = st.container(horizontal=True, border=True)
    numbers.metric(f"Random: one of the best {share:.0%}", chance_in_words(budget, share))
    numbers.metric("Trials for a chance of 95%", f"{trials_needed(share):,}")
    first, second = st.columns(2)
    with first:
        draw = choose(
            st.slider, "Random draw", DRAWS, "searching_draw", 0, help="Other random points, and another optimum."
        )
        tried = square(budget, draw, share)
        picture(
            "Seen from below",
            "Of two knobs one matters. Ticks are its values, the band is the best share of the square, around the best "
            f"value, dashed. Diamonds come nearest to that: {' and '.join(map(_nearest, tried))} away.",
            square_frame(tried),
            square_spec(dark=is_dark()),
            f"The points of a grid and of random search with {budget} trials in a square, projected on one side.",
        )
    with second:
        matter = choose(
            st.segmented_control, "Knobs that matter", tuple(MATTER), "searching_matter", ONE, required=True
        )
        found = distances(budget, matter)
        picture(
            "How far from the best",
            f"{DOTTED if matter == ONE else SOLID} {found.in_words()}",
            distances_frame(found),
            distances_spec(dark=is_dark()),
            f"Mean distance to the optimum over the number of knobs, for a grid and random search of {budget} trials.",
        )


def _nearest(tried: Tried) -> str:
    return f"{tried.strategy} {readable(tried.distance)}"


part(cover)


def judge() -> None:
    """A real search along one knob, and the folds that judge a setting."""
    one, two, three, four = st.columns(4)
    how = choose(
        one.selectbox,
        "Search",
        list(SEARCHES),
        "searching_strategy",
        "coarse to fine",
        help="Grid: all combinations of a few values of each knob. Random: anywhere. Coarse to fine: half of them "
        "anywhere, the others around the best of these.",
    )
    scale = choose(two.segmented_control, "Learning rates drawn", tuple(RATES), "searching_scale", "log", required=True)
    folds = choose(three.select_slider, "Folds", FOLDS, "searching_folds", 5)
    count = choose(four.select_slider, "Samples", COUNTS, "searching_samples", 100)
    *_, trials = search(NETWORK, (RATES[scale], DECAY), SEARCHES[how], NETWORKS)
    best = trials.configs[trials.best]
    found = cross_validate(count, folds)
    first, second = st.columns(2)
    with first:
        picture(
            "A real search, along the learning rate",
            f"{values_in_words(trials)} The best, a diamond, has the learning rate {readable(best.learning_rate)} and "
            f"a loss of {readable(trials.scores[trials.best])} nats on held-out samples. Triangles are off the axis. "
            f"{rounds_in_words(trials)}",
            trials_frame(trials, SHOWN),
            marginal.spec(trials, SHOWN, 0, dark=is_dark()),
            f"Loss on held-out samples of {NETWORKS} networks over their learning rate.",
        )
        shown = replace(best, snapshots=Config().snapshots)
        open_in_lab("Open the best of them in the lab", shown, "The best network of the search.")
    with second:
        picture(
            "Cross-validation",
            "The samples are cut into folds, and each judges what the others taught: a dot. The line is their mean; "
            f"dashed are samples that none has seen. {found.in_words()}",
            folds_frame(found),
            folds_spec(dark=is_dark()),
            f"Accuracy of a linear classifier of digits on each of {folds} folds over its penalty.",
        )


part(judge)
explain(
    GUESS,
    "A 3 × 3 grid tries three values of the knob that matters, nine random points try nine: on average they end 0.055 "
    "from the best instead of 0.083. With three trials of a single knob the grid wins, 0.083 against 0.15, and where "
    "**all** knobs matter, a grid that uses up its trials wins as well.\n\n"
    "The lecture takes random search from four knobs on, where a grid can seldom use them up; it pays where few of the "
    "knobs matter. Learning rates belong on a log scale: drawn linearly, nine in ten lie above 0.1.\n\n"
    "Coarse to fine is where to look; **cross-validation**, "
    "of which the lecture speaks there, is how a setting is judged: by every fold in turn, as one alone may mislead.",
)
st.latex(r"\text{grid: } \frac{1}{4k} \qquad \text{random: } \frac{n + 3}{2 (n + 1)(n + 2)}")
st.caption("The mean distance to the best value of one knob, of which k values, or n random ones, are tried.")
st.latex(r"1 - (1 - p)^n")
st.caption("The chance that one of n random trials is among the best share p.")
code(CODE)
onward(replace(NETWORK, snapshots=Config().snapshots))
