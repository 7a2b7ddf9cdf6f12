"""Lesson: Which shapes do activation functions have, and what passes through them?"""

TITLE = "Activation functions"
ICON = ":material/show_chart:"
ORDER = 220

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.experiments import activation_functions as shown
from core.choices.activations import activations
from core.experiments.activation_functions.costs import ELEMENTS, costs
from core.experiments.activation_functions.passing import SAMPLES, moments, passing
from core.experiments.activation_functions.properties import properties, relu_in_two_ways
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part, several
from ui.show import cards

NAMES = [name for name, activation in activations.items() if activation.pieces == 1]
FIRST = ["sigmoid", "tanh", "relu", "leaky_relu"]
MEANS = [-5.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 5.0]
SPREADS = [0.01, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0]
COSTS = "activation_costs"  # what was measured in this session
FIGURES = {"mean": "Mean of φ(z)", "std": "Standard deviation of φ(z)", "slope_square": "Mean of φ′(z)²"}
FIELDS = Config.fields()
SETTINGS = {  # of activations that have such a setting: the stops of its slider, and where it starts
    "negative_slope": ([0.0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0], 0.01),
    "alpha": ([0.1, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0], 1.0),
}
GUESS = Guess(
    "Numbers from N(0, 1) pass through an activation function, and the gradient comes back through it. "
    "Which one leaves the most of it?",
    {
        "a": "Tanh: its slope reaches 1, too, and it is never exactly 0.",
        "b": "ReLU: its slope is 1 for half of the numbers, and 0 for the others.",
        "c": "Sigmoid: it is smooth, and never exactly flat.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
for phi in (torch.sigmoid, torch.tanh, torch.relu):
    z = torch.randn(100_000, requires_grad=True)
    a = phi(z)
    (slope,) = torch.autograd.grad(a.sum(), z)
    print(f"{phi.__name__}: mean {a.mean():.3f}, std {a.std():.3f}, squared slope {slope.square().mean():.3f}")
"""


def shapes() -> None:
    """Curves and slopes of some activations, what is known of them, and what they cost."""
    names = several(NAMES, "activation_shapes", FIRST, shown.MOST)
    settings = {
        name: choose(st.select_slider, FIELDS[name].label, stops, f"activation_{name}", start, help=FIELDS[name].help)
        for name, (stops, start) in SETTINGS.items()
        if any(name in activations.asks_for(activation) for activation in names)
    }
    drawn = [Config(activation=name, **settings) for name in names]
    if drawn:
        cards((shown.answers, drawn), (shown.slopes, drawn))
        st.dataframe(shown.properties_table(properties(drawn)))
        st.caption(said(shown.PROPERTIES_SAY))
        words = said("Measure the cost here")
        st.button(words, icon=":material/timer:", on_click=lambda: st.session_state.update({COSTS: costs(drawn)}))
    if COSTS in st.session_state:
        st.dataframe(shown.costs_table(st.session_state[COSTS]))
        st.caption(said(shown.COSTS_SAY, elements=ELEMENTS))


def figure(moment: str, measured: float, expected: float) -> Metric:
    """A moment of what passes, and beside it what theory says."""
    return Metric(FIGURES[moment], readable(measured), beside=said("theory {expected:.6g}", expected=expected))


def pass_through() -> None:
    """What passes through the chosen activation."""
    left, right = st.columns(2)
    mean = choose(left.select_slider, "Mean of z", MEANS, "activation_mean_in", 0.0)
    words = "The standard deviation of the normally distributed pre-activations."
    spread = choose(right.select_slider, "Spread of z", SPREADS, "activation_spread_in", 1.0, help=words)
    passed = passing(config, mean, spread)
    numbers(*map(figure, *(passed[name].values.tolist() for name in ("moment", "measured", "expected"))))
    cards((shown.outputs, passed), (shown.met_slopes, passed))
    words = "Measured on {samples:,} numbers. The theory is an integral over the normal distribution."
    st.caption(said(words, samples=SAMPLES))


ask(GUESS)
part(shapes)
through = choose(st.selectbox, "Through which one", NAMES, "activation_through", "relu")
config = Config(activation=through)
st.caption(said(activations.help(through)))
part(pass_through)
explain(
    GUESS,
    "On its way back, the gradient is multiplied by the slope φ′. What is left of its square is the mean of φ′²: for "
    "N(0, 1) it is {relu:.1f} with ReLU, {tanh:.3f} with tanh, {sigmoid:.3f} with sigmoid, whose slope is at most 1/4. "
    "But that depends on the input: at a spread of 0.5 tanh passes on more than ReLU, and at 5 it is flat nearly "
    "everywhere. ReLU has its price, too: half of its slopes are 0, and its mean is 0.4, so it is not zero-centred. "
    "“ReLU is six times faster” was said of training steps of one network, against tanh; the cost of a single number "
    "you can measure above.",
    **{name: moments(Config(activation=name), 0.0, 1.0)["slope_square"] for name in ("relu", "tanh", "sigmoid")},
)
st.dataframe(shown.ways_table(relu_in_two_ways()))
st.caption(said(shown.WAYS_SAY))
code(CODE)
onward(config)
