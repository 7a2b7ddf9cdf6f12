"""Views: which charts stand together. Only the open view is drawn."""

import streamlit as st

from core.charts import charts
from core.headlines import headlines
from core.recording import Recording
from ui.show import show

VIEWS = {
    "Vital signs": ("distribution", "gradient_profile", "decision_boundary", "loss", "unit_map"),
    "Layers": ("distribution", "gradient_profile", "decision_boundary", "spread", "unit_map"),
    "Over time": ("loss", "accuracy", "dead_over_time", "gradient_over_time", "update_ratio_over_time"),
}


def choose_view() -> str:
    """The view that the visitor wants to see. The URL remembers it."""
    first, *_ = VIEWS
    view = st.segmented_control(
        "View", list(VIEWS), default=first, key="view", bind="query-params", label_visibility="collapsed", required=True
    )
    return view or first


def draw_view(view: str, recording: Recording, step: int) -> list[str]:
    """The headlines and the charts of a view, at one step. Returns the names of the charts."""
    for column, headline in zip(st.columns(4), headlines(recording, step), strict=True):
        with column:
            st.metric(headline.name, headline.number)
            st.caption(headline.sentence)
    names = _charts_of(view, recording)
    if recording.config.depth == 0:
        st.info("This network has no hidden layer, so there is none to look into. Raise the depth to see more.")
    elif not names:
        st.info("Nothing has happened over time yet. Start training to see it.", icon=":material/play_arrow:")
    for left in range(0, len(names), 2):
        pair = names[left : left + 2]
        for column, name in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                show(name, recording, step)
    return names


def _charts_of(view: str, recording: Recording) -> list[str]:
    """The charts of a view that this recording can fill. Untrained, the vital signs are those of the layers."""
    untrained = len(recording.steps) == 1
    names = VIEWS["Layers" if view == "Vital signs" and untrained else view]
    return [name for name in names if charts[name].fits(recording)]
