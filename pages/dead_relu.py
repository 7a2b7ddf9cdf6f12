"""Lesson: Why are some units dead from the start, and how does a single step kill one?"""

TITLE = "Dead ReLU"
ICON = ":material/skull:"
ORDER = 260
SECTION = "Learn"

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.cloud import blow_frame, blow_spec, cloud_frame, cloud_spec
from core.dying import blow, cloud
from core.headlines import readable
from ui.kept import kept
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import is_dark

UNITS = 1000
HEIGHT = 420
DISTANCES = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0]
BIASES = [-2.0, -1.0, -0.5, -0.1, 0.0, 0.01, 0.1, 0.5, 1.0, 2.0]
TIMES = [0.5, 0.9, 0.99, 1.01, 1.1, 2.0]
GUESS = Guess(
    "A cloud of points lies off the origin, and a ReLU unit is on for some of its points. Now one step of training.",
    {
        "a": "A single step can switch the unit off for all points, and then no gradient ever reaches it again.",
        "b": "The gradient gets small near 0, so the unit slows down before it dies.",
        "c": "A bias of 0.01 keeps it from dying.",
    },
    right="a",
)
CODE = """
import torch
x = torch.randn(100, 2) + 3
w, b = torch.tensor([1.0, -1.0], requires_grad=True), torch.tensor(0.01, requires_grad=True)
for step in range(3):
    activation = torch.relu(x @ w + b)
    gradients = torch.autograd.grad(activation.mean(), [w, b])
    print(f"on for {(activation > 0).float().mean():.0%}, gradient {gradients[0].norm():.3f}")
    w, b = (p - 1.0 * g for p, g in zip([w, b], gradients))
"""

ask(TITLE, GUESS)
left, middle, right = st.columns(3)
distance = left.select_slider(
    "Distance of the cloud",
    DISTANCES,
    key=kept("dead_distance", DISTANCES, 3.0),
    help="From the origin. Preprocessing by centring makes it 0.",
)
bias = middle.select_slider("Bias of all units", BIASES, key=kept("dead_bias", BIASES, 0.0))
times = right.select_slider(
    "Learning rate, in killing ones",
    TIMES,
    key=kept("dead_times", TIMES, 0.99),
    help="The killing learning rate is computed: from there on, one step leaves the unit off for every point.",
)
units = cloud(distance, bias, UNITS)
hit = blow(units, times)
numbers = st.columns(4)
numbers[0].metric(f"Dead, of {UNITS:,} units", f"{units.shares[2]:.1%}")
numbers[1].metric("Dead, by theory", f"{units.expected_dead:.1%}")
numbers[2].metric("Killing learning rate", readable(hit.killing_rate))
numbers[3].metric("On after the step", f"{hit.shares[1]:.0%}")
first, second = st.columns(2)
with first:
    picture(
        "Each unit is a line",
        "A unit is off on one side of its line, and on where the short stroke points. It is dead if no point is there.",
        cloud_frame(units),
        cloud_spec(dark=is_dark()),
        "A cloud of points in the plane, and the lines of some units, by whether they are on for some, all, or none.",
        HEIGHT,
    )
with second:
    picture(
        "One unit, before and after one step",
        "Right of the line it is on. At 0.99× some point is left that can bring it back; at 1.01× there is none.",
        blow_frame(hit),
        blow_spec(dark=is_dark()),
        "The pre-activations of one unit at all points, before and after a single step of gradient descent.",
        HEIGHT,
    )
explain(
    TITLE,
    GUESS,
    "There are two ways to die. **At the start**: the farther a cloud lies from the origin, the more lines miss it. "
    "Half of those units are on for all points, and half are dead. Centring the data mends it; a bias of 0.01 hardly "
    "moves it. **By a step that is too large**: the slope of ReLU is 1 up to the very edge, so nothing slows a unit "
    "down, and one step beyond its last point leaves it without a gradient. Plain gradient descent never moves it "
    "again; momentum and Adam still carry it on for a while. Leaky ReLU, PReLU and ELU keep a slope below 0.",
)
code(CODE)
onward(TITLE, Config(dataset="star_cloud", depth=1, width=64, bias_init=bias, learning_rate=1.0, steps=300))
