"""Vitals: what it is, a network to play with at once, and the two doors: learn, and experiment."""

TITLE = "Vitals"
ICON = ":material/vital_signs:"
ORDER = 0
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts import charts
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.words.glossary import explained
from core.words.said import said
from ui.controls import choose
from ui.frame import lessons
from ui.lab.runs import at_start
from ui.lesson import contents, open_in_lab, open_page
from ui.show import card

SCALES = [0.1, 0.2, 0.5, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0]

st.title(said(TITLE), anchor=False)
left, right = st.columns([2, 3], gap="large")
with right:
    st.markdown(said("**Ten layers of tanh units. Make their first weights larger, or smaller:**"))
    scale = choose(st.select_slider, "Weight scale", SCALES, "home_scale", 1.0, help=explained("weight scale"))
    config = Config(activation="tanh", depth=10, initializer="lecun_normal", weight_scale=scale, steps=0)
    recording = at_start(config)
    card(charts["distribution"], recording)
    *_, gradient = map(told, headlines(recording, 0))
    st.markdown(f"**{gradient.name}: {gradient.number}.** {gradient.sentence}", help=explained(gradient.name))
with left:
    st.header(said("See whether a neural network is alive"), anchor=False)
    st.markdown(
        said(
            "Vitals builds a small network and shows what happens inside: the activations, the gradients and "
            "the dead units of every layer, at every step of its training.\n\nChange one thing and see what it "
            "does. Every number is measured as you look."
        )
    )
    st.caption(said("A question, your guess, something to move, and what happened:"))
    open_page("Learn", lessons()[0].path, ":material/school:")
    st.caption(said("Every knob of a network, and training that you can watch:"))
    open_in_lab("Experiment", config, said("The network of the front page."))
st.header(said("Lessons"), anchor=False)
contents()
