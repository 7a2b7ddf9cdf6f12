"""Lesson: What cures dead ReLU units, and what does a cure cost?"""

TITLE = "Cures for dead units"
ICON = ":material/healing:"
ORDER = 266

from ui.frame import inside_frame

inside_frame()

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.experiments.cures import CURES, dead_after, dead_before, loss_after
from core.experiments.cures import PATIENTS, SEEDS, at_first, bill, treated, treating, treatments
from core.sweeps.sweeps import Partial
from core.words.numbers import spelled
from core.words.said import said
from ui.controls import choose
from ui.jobs.jobs import Words, controls, slot, watch
from ui.lesson import Guess, ask, code, explain, onward
from ui.show import card, cards

if TYPE_CHECKING:
    import xarray as xr

WORDS = Words("Try the cures", "Stop the trial", "These are the cures of another patient. Try them again for this one.")
NAMES = {"far_data": "Data far away", "negative_bias": "Negative bias", "large_rate": "Large learning rate"}
ABOUT = {
    "far_data": "A cloud of points far from the origin. Many units are dead on it from the start.",
    "negative_bias": "Two moons, and all biases begin at −1. That turns most units off from the start.",
    "large_rate": "Two moons, and Adam with a learning rate of 0.3. Nearly all units begin alive.",
}
GUESS = Guess(
    "Many units of a network are dead. It is built again with Leaky ReLU, which has a slope below 0 too.",
    {
        "a": "No unit is dead any more, so the network learns as well as a healthy one.",
        "b": "No unit is dead any more, but whether it learns depends on what was wrong.",
        "c": "The same units are dead again.",
    },
    right="b",
)
CODE = """
import torch
x = torch.randn(1000, 32)
for activation in (torch.nn.ReLU(), torch.nn.LeakyReLU(0.01), torch.nn.PReLU(), torch.nn.ELU()):
    layer = torch.nn.Linear(32, 100)
    torch.nn.init.kaiming_normal_(layer.weight), torch.nn.init.constant_(layer.bias, -5)
    z = layer(x).detach().requires_grad_()
    slope, *_ = torch.autograd.grad(activation(z).sum(), [z])
    print(activation, f"dead {(slope == 0).all(0).float().mean():.0%}, mean slope {slope.mean():.3f}")
"""


def results(patient: str, known: Partial) -> None:
    """The charts and the table of all that is known so far."""
    now = treated(known.dataset())
    cards((dead_after, now), (loss_after, now))
    st.caption(
        said(
            "Medians over the seeds. Nearly still is the share of activations whose slope is below 5 % of the largest, "
            "which let hardly any gradient through. A cure that changes nothing here, such as a bias of 0 where it is "
            "0, has the dots of no cure."
        )
    )
    told = bill(patient, now)
    st.dataframe([row(told.sel(cure=cure)) for cure in told["cure"].values], hide_index=True, width="stretch")


def row(told: "xr.Dataset") -> dict[str, str]:
    """What one cure costs and brings, in words."""
    return {
        said("Cure"): said(CURES[told["cure"].item()]),
        said("Parameters"): f"{told['parameters'].item():,}",
        said("Dead"): _known(told["dead"].item(), "{:.1%}".format),
        said("Nearly still"): _known(told["still"].item(), "{:.1%}".format),
        said("Loss"): _known(told["loss"].item(), spelled),
        said("Diverged"): said("{diverged} of {known}", **{name: told[name].item() for name in ("diverged", "known")}),
    }


def _known(value: float, words: Callable[[float], str]) -> str:
    return words(value) if isfinite(value) else "–"


ask(GUESS)
patient = choose(st.segmented_control, "What is wrong", NAMES, "cures_patient", "far_data", required=True)
st.caption(said(ABOUT[patient]))
card(dead_before, at_first(patient))
place = slot("cures")
job, asked, state = place.look()
controls(place, state, patient, partial(treating, patient), WORDS)
if job is None or state is None:
    count = {"cures": len(CURES), "seeds": len(SEEDS), "networks": len(treatments(patient))}
    st.caption(said("{cures} cures × {seeds} seeds = {networks} networks, some seconds of work.", **count))
else:
    watch(job, state, PATIENTS[asked], partial(results, asked))
explain(
    GUESS,
    "Leaky ReLU, PReLU, ELU and maxout have a slope below 0 as well, so hardly a unit is dead. That alone teaches them "
    "nothing. **Data far away**: a unit with all data on one side of its line is a straight line, whatever its slope; "
    "centring and batch norm bring the data back. **Negative bias**: a slope of 0.01 lets a hundredth through at each "
    "layer, so Leaky ReLU stands nearly as still as ReLU. PReLU learns its slope, ELU's is steep near 0, and a bias of "
    "0 needs neither. **Large learning rate**: smaller steps help, and batch norm. So look for the cause first. Maxout "
    "costs nearly twice the parameters, and He's weights are too large for it.",
)
code(CODE)
onward(PATIENTS[patient])
