"""What is set once for the whole process that serves the app."""

import gc

import streamlit as st
import torch

from core.training import record  # noqa: F401  # loads everything that a run needs


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """One thread a run: at these sizes a second one gains nothing and takes the core of another visitor.

    The imported modules are taken out of the garbage collector's sight, which otherwise walks them all again and again.
    """
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
