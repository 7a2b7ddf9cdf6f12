"""Lesson: How large should the first weights be?"""

TITLE = "Initialization"
ICON = ":material/casino:"
ORDER = 250

from ui.frame import inside_frame

inside_frame()

from math import isnan

import streamlit as st

from core import Config, record
from core.charts import charts
from core.charts.experiments.initialization import NAMES, NOTES, agreement, beside_slide, parting
from core.experiments.initialization import alike, large, small, trained
from core.experiments.published import printed
from core.measuring import Recording
from core.words.numbers import readable, short
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import cards

VIEWS = {"signal": "Signal", "copies": "Copies", "beside_slides": "Beside the slides"}
ACTIVATIONS = {"tanh": "tanh", "relu": "relu"}
GUESS = Guess(
    "Ten layers of 500 tanh units start with small weights, 0.01 · N(0, 1), so that nothing can go wrong.",
    {
        "a": "Small weights are safe: every layer gets a signal that it can learn from.",
        "b": "The signal fades from layer to layer, and nothing is left at the end.",
        "c": "The signal grows from layer to layer.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
signal = torch.randn(1000, 500)
for layer in range(10):
    signal = torch.tanh(signal @ (0.01 * torch.randn(500, 500)))
    print(f"layer {layer + 1}: std {signal.std(correction=0):.6f}")
"""


def signal(recording: Recording) -> None:
    """What the weights make of the signal."""
    cards((charts["distribution"], recording), (charts["spread"], recording))


def copies(config: Config) -> None:
    """Whether the units of a layer differ, before and after training."""
    start, after = alike(config), trained(small(config))
    last = start.isel(layer=-1)
    correlation, different = last["correlation"].item(), after["different"].sel(time="after").item()
    at_start = said("{different} of {units}", different=last["different"].item(), units=config.width)
    in_the_end = said("{different} of {units}", different=different, units=after.sizes["unit"])
    numbers(
        Metric("Correlation, last layer", said("none varies") if isnan(correlation) else f"{correlation:z.3f}"),
        Metric("Different units, last layer", at_start),
        Metric("Negative weights, last layer", f"{last['negative'].item():.1%}"),
        Metric("Different after training", in_the_end, "Of the small network."),
    )
    cards((agreement, start), (parting, after))


def slides(recording: Recording) -> None:
    """What the slides of cs231n print, and what is flat or dead here."""
    slide = printed(recording.known_config)
    measured = recording.variables[slide.statistic if slide else "activation_std"]
    flat = recording.variables["saturated_fraction"].values[0, -1]
    label = said("{label}.", label=said(measured.label))
    numbers(
        Metric("This network, last layer", readable(measured.values[0, -1]), label),
        Metric("The slide, last layer", short(slide.numbers[-1]) if slide else said("not printed")),
        Metric("Saturated, last layer", f"{flat:.1%}", "Activations where φ′ is below 5 % of its largest."),
    )
    cards((beside_slide, measured, slide), (charts["shares"], recording))


ask(GUESS)
left, right = st.columns([2, 1])
draw = choose(left.selectbox, "First weights", NAMES, "initialization_draw", "small")
activation = choose(
    right.segmented_control, "Activation", ACTIVATIONS, "initialization_activation", "tanh", required=True
)
config, hidden = large(draw, activation), {"label_visibility": "collapsed", "required": True}
view = choose(st.segmented_control, "View", VIEWS, "initialization_view", "signal", **hidden)
if draw in NOTES:
    st.info(said(NOTES[draw]), icon=":material/menu_book:")
if view == "copies":
    copies(config)
elif view == "beside_slides":
    slides(record(config))
else:
    signal(record(config))
explain(
    GUESS,
    "A unit adds up n inputs, so the spread of its sum is √n times that of a weight. With 0.01 it is 0.22: each layer "
    "passes on a fifth, and the gradient fades just so on its way back. With 1.0 it is 22: tanh is flat nearly "
    "everywhere, and while the activations cannot explode, the gradients do. Dividing by √n is LeCun's rule (Xavier's "
    "variance is 2/(n_in + n_out)) and suits tanh near 0. ReLU drops half of its inputs, so it needs √(2/n), which is "
    "He's. Equal weights make units that are copies of each other for ever, and positive ones a signal that grows.",
)
code(CODE)
onward(config)
