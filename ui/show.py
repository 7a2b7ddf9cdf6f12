"""How a chart is shown: title, picture, and the one sentence on what to see in it."""

import json

import streamlit as st

from core.charts import charts
from core.recording import Recording

CSV_NAME, JSON_NAME = "vitals-recording.csv", "vitals-config.json"


def show(name: str, recording: Recording, step: int) -> None:
    """Draw the chart `name` of a recording at a step, in a card of its own."""
    chart = charts[name]
    with st.container(border=True):
        st.markdown(f"**{chart.title}**")
        if recording.config.depth == 0 and name not in OF_THE_WHOLE:
            st.caption("This network has no hidden layer. Raise the depth to see one.")
            return
        st.vega_lite_chart(
            chart.frame_of(recording, step),
            chart.spec(recording, dark=is_dark()),
            key=f"chart_{name}",
            width="stretch",
            height=chart.height,
            alt=f"{chart.title}. {charts.help(name)}",
        )
        st.caption(chart.see)


OF_THE_WHOLE = frozenset({"loss", "accuracy", "decision_boundary"})  # charts that need no hidden layer


def is_dark() -> bool:
    """Whether the visitor looks at the dark theme."""
    return st.context.theme.type == "dark"


def downloads(recording: Recording) -> None:
    """Buttons that hand over all numbers and the settings. The files are made when they are asked for."""
    numbers, settings = st.columns(2)
    numbers.download_button(
        "All numbers (CSV)",
        lambda: recording.table().to_csv(index=False),
        CSV_NAME,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    settings.download_button(
        "Settings (JSON)",
        lambda: json.dumps(recording.config.to_dict(), indent=2),
        JSON_NAME,
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
