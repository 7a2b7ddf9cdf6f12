"""Lesson: What cures dead ReLU units, and what does a cure cost?"""

TITLE = "Cures for dead units"
ICON = ":material/healing:"
ORDER = 266

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.charts.experiments.cures import cures_frame, cures_spec
from core.experiments.cures import CURES, PATIENTS, SEEDS, at_first, bill, treated, treating, treatments
from core.sweeps.sweeps import Partial
from ui.jobs import Words, controls, slot, watch
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import is_dark

HEIGHT = 340
WORDS = Words("Try the cures", "Stop the trial", "These are the cures of another patient. Try them again for this one.")
ABOUT = {
    "Data far away": "A cloud of points far from the origin. Many units are dead on it from the start.",
    "Negative bias": "Two moons, and all biases begin at −1. That turns most units off from the start.",
    "Large learning rate": "Two moons, and Adam with a learning rate of 0.3. Nearly all units begin alive.",
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
    first, second = st.columns(2)
    with first:
        picture(
            "Dead after training",
            "A dot is a network, a tick the median of its cure. A triangle is a run that diverged.",
            cures_frame(now.dead, "dead"),
            cures_spec("dead", dark=is_dark()),
            "The share of dead units after training of every network, by cure.",
            HEIGHT,
        )
    with second:
        picture(
            "Loss after training",
            "Left is good, and 0.69 is guessing. A triangle has diverged, or its loss is beyond the axis.",
            cures_frame(now.loss, "loss"),
            cures_spec("loss", dark=is_dark()),
            "The loss on held-out samples of every network, by cure, on a logarithmic axis.",
            HEIGHT,
        )
    st.caption(
        "Medians over the seeds. Nearly still is the share of activations whose slope is below 5 % of the largest, "
        "which let hardly any gradient through. A cure that changes nothing here, such as a bias of 0 where it is 0, "
        "has the dots of no cure."
    )
    st.dataframe(bill(patient, now), hide_index=True, width="stretch")


ask(GUESS)
patient = choose(st.segmented_control, "What is wrong", PATIENTS, "cures_patient", "Data far away", required=True)
st.caption(ABOUT[patient])
picture(
    "Dead before training",
    f"Each dot is one of {len(SEEDS)} networks, a tick their median. Dead is a slope of 0 on all training samples.",
    cures_frame(at_first(patient), "dead"),
    cures_spec("dead", dark=is_dark()),
    "The share of dead units before training of every network, by cure.",
    HEIGHT,
)
place = slot("cures")
job, asked, state = place.look()
controls(place, state, patient, partial(treating, patient), WORDS)
if job is None or state is None:
    st.caption(f"{len(CURES)} cures × {len(SEEDS)} seeds = {len(treatments(patient))} networks, some seconds of work.")
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
