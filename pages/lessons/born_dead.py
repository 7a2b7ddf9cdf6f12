"""Lesson: How often is a network dead before training begins, and which units only look dead?"""

TITLE = "Born dead"
ICON = ":material/heart_broken:"
ORDER = 262

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core.charts.experiments.born_dead import (
    looks_frame,
    looks_spec,
    silent_frame,
    silent_spec,
    stillborn_frame,
    stillborn_spec,
)
from core.words.numbers import readable
from core.experiments.born_dead import DEEPEST, INPUTS, LARGE, NETWORKS, PROBES, SIZES, looks, silent, stillborn
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import is_dark

WIDTHS, DEPTHS = range(1, 9), range(1, DEEPEST + 1)
SCALES = [0.1, 0.3, 1.0, 3.0, 10.0]
ACTIVE = [0.001, 0.003, 0.01, 0.03, 0.1, 0.5]
GUESS = Guess(
    "Ten layers of three ReLU units each, with He's weights and no bias. In how many such networks does nothing of an "
    "input reach the end?",
    {
        "a": "Hardly any: He's weights keep the signal as large as it was.",
        "b": "About one in eight: all three units of a layer are off with probability 1/2³.",
        "c": "About three in four: one dead layer of ten is enough.",
    },
    right="c",
)
CODE = """
import torch
torch.manual_seed(0)
signal = torch.randn(2000, 1, 3)  # one input for each of 2,000 networks
for layer in range(10):
    signal = torch.relu(signal @ (torch.randn(2000, 3, 3) * (2 / 3) ** 0.5))
print(f"dead {(signal == 0).all(-1).float().mean():.3f}, by theory {1 - (1 - 0.5**3) ** 10:.3f}")
"""

ask(GUESS)
first, second = st.columns(2)
with first:
    left, right = st.columns(2)
    width = choose(left.slider, "Width", WIDTHS, "born_width", 3)
    depth = choose(right.slider, "Depth", DEPTHS, "born_depth", 10)
    born = stillborn(width)
    numbers = st.container(horizontal=True)
    numbers.metric("Born dead, one input", f"{born.one[depth - 1]:.1%}", help=f"Of {NETWORKS:,} networks.")
    numbers.metric("By theory", f"{born.expected[depth - 1]:.1%}")
    numbers.metric(f"On all of {INPUTS} inputs", f"{born.every[depth - 1]:.1%}")
    picture(
        "Tiny networks, before training",
        "Dead is dead for all layers that follow, so depth kills and width saves. Dotted is theory for one input.",
        stillborn_frame(born, depth),
        stillborn_spec(dark=is_dark()),
        f"The share of {NETWORKS:,} networks whose output is constant, over depth, for one and for {INPUTS} inputs.",
    )
with second:
    scale = choose(st.select_slider, "Size of the weights (1 is He's)", SCALES, "born_scale", 1.0)
    large = silent(scale)
    numbers = st.container(horizontal=True)
    numbers.metric("Signal of the last layer", readable(large.size))
    for probe, share in zip(PROBES, large.measured, strict=True):
        numbers.metric(f"Dead on {probe:,}", f"{share[-1]:.1%}", help="Of the units of the last layer.")
    picture(
        f"A network of {LARGE.depth} layers of {LARGE.width} units",
        "Move the size of the weights: the signal changes, the dead do not. n samples are looked at; dotted is theory.",
        silent_frame(large),
        silent_spec(dark=is_dark()),
        "The share of dead units in each layer, counted on the first 10, 100 and 1,000 samples.",
    )
first, second = st.columns(2, vertical_alignment="center")
with first:
    active = choose(st.select_slider, "Share of the data that a unit is on for", ACTIVE, "born_active", 0.01)
    size = choose(st.select_slider, "Samples in the probe", SIZES, "born_probe", 64)
    seen = looks(active)
    numbers = st.container(horizontal=True)
    numbers.metric("Looks dead", f"{seen.measured[SIZES.index(size)]:.1%}")
    numbers.metric("By theory, (1 − p)ⁿ", f"{seen.expected[SIZES.index(size)]:.1%}")
    numbers.metric("Probe for 95 %", f"{seen.needed:,}", help="Samples that find it alive in 95 of 100 cases.")
with second:
    picture(
        "Dead on this batch is not dead on the data",
        "One unit that is alive, on a thousand probes of each size. Dotted is theory.",
        looks_frame(seen, size),
        looks_spec(dark=is_dark()),
        "The share of probes on which a living unit is silent, over the size of the probe.",
    )
explain(
    GUESS,
    "Behind random weights a unit is off for an input as often as on. All N units of a layer are off with "
    "probability 2⁻ᴺ, and nothing gets past them: a network of L layers is dead with 1 − (1 − 2⁻ᴺ)ᴸ. Several inputs "
    "are less often all lost, so for real data that is a bound. In **wide** networks no layer dies, but units do, "
    "and more in each layer: inputs grow alike on their way, and a unit is on for all or none. Neither He's weights "
    "nor others mend that: scaling moves no z across 0. And a count of dead units says little **without its probe**: "
    "a unit that is seldom on is silent on most small batches, and alive on the data.",
)
code(CODE)
onward(replace(LARGE, weight_scale=scale, width=100, features=100))
