"""How a chart is shown: title, picture, and the one sentence on what to see in it."""

import json
import re
from collections.abc import Callable, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts
from core.measuring import Recording
from core.words.glossary import explained


def card(name: str, recording: Recording) -> DeltaGenerator:
    """A card for the chart `name` of a recording, with its words. Returns the place for the picture."""
    chart = charts[name]
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{chart.title}**")
        place = st.container()
        see = chart.see(recording)
        st.caption(see, help=explained(f"{chart.title} {see}"))
    return place


def show(place: DeltaGenerator, name: str, recording: Recording, frame: pa.Table | None = None) -> None:
    """Draw the chart `name` of a recording: this frame of it, or its last step."""
    chart = charts[name]
    place.vega_lite_chart(
        chart.frame_of(recording) if frame is None else frame,
        chart.spec(recording, dark=is_dark()),
        key=f"chart_{name}",
        width="stretch",
        height=chart.height,
        alt=f"{chart.title}. {charts.help(name)}",
    )


def plain(text: str) -> str:
    """Text from outside, so that none of it is taken for Markdown."""
    return re.sub(r"([\\`*\[\]()#<>~$:!|])", r"\\\1", text)


def is_dark() -> bool:
    """Whether the visitor looks at the dark theme."""
    return st.context.theme.type == "dark"


def downloads(recording: Recording, names: Sequence[str] = (), step: int | None = None) -> None:
    """Buttons that hand over all numbers, the settings and the named charts. The files are made when asked for."""
    files: list[tuple[str, str, Callable[[], str | bytes]]] = [
        ("All numbers (CSV)", "vitals-recording.csv", recording.csv),
        ("Settings (JSON)", "vitals-config.json", lambda: json.dumps(recording.config.to_dict(), indent=2)),
    ]
    if names:
        files.append(("These charts (SVG)", "vitals-charts.zip", lambda: _pictures(recording, names, step)))
    for column, (label, file, make) in zip(st.columns(len(files)), files, strict=True):
        column.download_button(label, make, file, icon=":material/download:", on_click="ignore", width="stretch")


def _pictures(recording: Recording, names: Sequence[str], step: int | None) -> bytes:
    """The named charts as SVG documents in one zip file."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(f"{name}.svg", charts[name].svg(recording, step))
    return archive.getvalue()
