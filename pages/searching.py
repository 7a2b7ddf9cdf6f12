"""Lesson: Where should hyperparameters be searched, and how is each setting judged?"""

TITLE = "Searching hyperparameters"
ICON = ":material/grid_on:"
ORDER = 320

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core import Config
from core.charts.experiments.searching import coverage as drawn
from core.charts.experiments.searching.folds import cross_validation
from core.charts.experiments.searching.trials import real_search
from core.experiments.searching import coverage
from core.experiments.searching.folds import COUNTS, FOLDS, cross_validate
from core.sweeps.knobs import Knob
from core.sweeps.search import search, strategies
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, open_in_lab, part
from ui.show import card

DECAY = Knob("weight_decay", 0.0, 0.1)
RATES = {"log": Knob("learning_rate", 1e-5, 1.0), "linear": Knob("learning_rate", 0.0, 1.0)}
DRAWN = {"log": "log", "linear": "linear"}
SHOWN = (RATES["log"], DECAY)  # whatever is drawn
MATTER = {"one": "one of them", "but_one": "all but one", "all": "all of them"}
SEARCHES = {name: strategy.label for name, strategy in strategies.items()}
BEST = "How many of all settings are good enough for you: 0.05 are the best 5 in 100."
OTHER = "Other random points, and another optimum."
SEARCH = (
    "Grid: all combinations of a few values of each knob. Random: anywhere. Coarse to fine: half of them anywhere, the "
    "others around the best of these."
)
ALMOST_SURE = 0.99995  # a chance from here on would be rounded to 100.00 %
NETWORKS = 16
NETWORK = Config(
    depth=1, width=32, samples=400, optimizer="adam", learning_rate=0.01, steps=60, snapshots=2, batch_size=32
)
GUESS = Guess(
    "You can afford nine networks to choose two settings, and only one of the two matters, but you do not know which. "
    "What comes nearer to the best setting?",
    {"a": "A grid of 3 × 3: it leaves no gaps.", "b": "Nine random points.", "c": "Both are as good on average."},
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


@part
def cover() -> None:
    """Points in a square, and how far they end from the optimum."""
    left, right = st.columns(2)
    budget = choose(left.select_slider, "Trials", coverage.BUDGETS, "searching_trials", 9)
    share = choose(right.select_slider, "Best share, p", coverage.SHARES, "searching_share", 0.05, help=BEST)
    chance = coverage.chance_of_best(budget, share)
    sure = f"{chance:.2%}" if chance < ALMOST_SURE else "> 99.99%"
    numbers(
        Metric(said("Random: one of the best {share:.0%}", share=share), sure),
        Metric("Trials for a chance of 95%", f"{coverage.trials_needed(share):,}"),
    )
    first, second = st.columns(2)
    with first:
        draw = choose(st.slider, "Random draw", range(21), "searching_draw", 0, help=OTHER)
        card(drawn.square, coverage.square(budget, draw, share))
    with second:
        matter = choose(st.segmented_control, "Knobs that matter", MATTER, "searching_matter", "one", required=True)
        card(drawn.distances, coverage.distances(budget, matter))


@part
def judge() -> None:
    """A real search along one knob, and the folds that judge a setting."""
    one, two, three, four = st.columns(4)
    how = choose(one.selectbox, "Search", SEARCHES, "searching_strategy", "coarse_to_fine", help=SEARCH)
    scale = choose(two.segmented_control, "Learning rates drawn", DRAWN, "searching_scale", "log", required=True)
    folds = choose(three.select_slider, "Folds", FOLDS, "searching_folds", 5)
    count = choose(four.select_slider, "Samples", COUNTS, "searching_samples", 100)
    *_, trials = search(NETWORK, (RATES[scale], DECAY), how, NETWORKS)
    first, second = st.columns(2)
    with first:
        card(real_search, trials, SHOWN)
        best = replace(trials.configs[trials.best], snapshots=Config().snapshots)
        open_in_lab("Open the best of them in the lab", best, said("The best network of the search."))
    with second:
        card(cross_validation, cross_validate(count, folds))


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
st.caption(said("The mean distance to the best value of one knob, of which k values, or n random ones, are tried."))
st.latex(r"1 - (1 - p)^n")
st.caption(said("The chance that one of n random trials is among the best share p."))
code(CODE)
onward(replace(NETWORK, snapshots=Config().snapshots))
