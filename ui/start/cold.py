"""What the first visitor of a fresh server sees while PyTorch is being loaded.

A flat line, drawn by the same code of the browser as all charts. That code is larger than everything else the browser
needs; this way it is on its way while the server loads, and both are ready at about the same time.
"""

import sys

import streamlit as st

from core.words.said import said
from ui.start.first import first_picture

WORDS = "Waking up: loading PyTorch …"
FLAT_LINE = {
    "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 0}]},
    "mark": {"type": "line", "opacity": 0.4},
    "encoding": {axis: {"field": axis, "type": "quantitative", "axis": None} for axis in ("x", "y")},
    "config": {"view": {"stroke": None}},
}


def warm_up(address: str) -> None:
    """Load what every page needs. Where that takes its time, say so first, and start the page over afterwards.

    What is shown meanwhile at this `address` is a flat line, or the lab as it looks at first.
    """
    cold = "torch" not in sys.modules
    if cold and not first_picture(address, said(WORDS)):
        st.caption(said(WORDS))
        st.vega_lite_chart(spec=FLAT_LINE, height=60, width="stretch", alt=said("A flat line"))

    from ui.start.process import prepare

    prepare()
    if cold:
        st.rerun()
