"""Lesson: How often is a network dead before training begins, and which units only look dead?"""

TITLE = "Born dead"
ICON = ":material/heart_broken:"
ORDER = 262

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core.charts.experiments.born_dead import large_network, probes, tiny_networks
from core.experiments.born_dead import DEEPEST, INPUTS, LARGE, NETWORKS, SIZES, looks, silent, stillborn
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import card

WIDTHS, DEPTHS = range(1, 9), range(1, DEEPEST + 1)
SCALES = [0.1, 0.3, 1.0, 3.0, 10.0]
ACTIVE = [0.001, 0.003, 0.01, 0.03, 0.1, 0.5]
LAST = "Of the units of the last layer."
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
    here = born.sel(depth=depth)
    one, every = (f"{here['dead'].sel(inputs=count).item():.1%}" for count in (1, INPUTS))
    numbers(
        Metric("Born dead, one input", one, said("Of {networks:,} networks.", networks=NETWORKS)),
        Metric("By theory", f"{here['expected'].item():.1%}"),
        Metric(said("On all of {inputs} inputs", inputs=INPUTS), every),
    )
    card(tiny_networks, born, depth)
with second:
    scale = choose(st.select_slider, "Size of the weights (1 is He's)", SCALES, "born_scale", 1.0)
    large = silent(scale)
    last = large["measured"].isel(layer=-1)
    dead = {probe: f"{last.sel(probe=probe).item():.1%}" for probe in last["probe"].values.tolist()}
    numbers(
        Metric("Signal of the last layer", readable(large["signal"].item())),
        *(Metric(said("Dead on {probe:,}", probe=probe), share, LAST) for probe, share in dead.items()),
    )
    card(large_network, large)
first, second = st.columns(2, vertical_alignment="center")
with first:
    active = choose(st.select_slider, "Share of the data that a unit is on for", ACTIVE, "born_active", 0.01)
    size = choose(st.select_slider, "Samples in the probe", SIZES, "born_probe", 64)
    seen = looks(active)
    here = seen.sel(size=size)
    numbers(
        Metric("Looks dead", f"{here['measured'].item():.1%}"),
        Metric("By theory, (1 − p)ⁿ", f"{here['expected'].item():.1%}"),
        Metric("Probe for 95 %", f"{seen['needed'].item():,}", "Samples that find it alive in 95 of 100 cases."),
    )
with second:
    card(probes, seen, size)
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
