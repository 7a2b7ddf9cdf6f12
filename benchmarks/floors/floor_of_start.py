"""The floor of a start: an app that loads PyTorch and draws one chart."""

import pandas as pd
import streamlit as st
import torch

frame = pd.DataFrame({"x": range(10), "y": torch.arange(10).numpy()})
axes = {axis: {"field": axis, "type": "quantitative"} for axis in frame}
st.vega_lite_chart(frame, {"mark": "line", "encoding": axes})
