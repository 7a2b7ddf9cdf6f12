"""How a picture is shown: title, picture, and the one sentence on what to see in it."""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts
from core.charts.picture import Picture
from core.config import Config
from core.measuring import Recording
from core.words.glossary import explained
from core.words.said import said


def card(picture: Picture, *shown: Any, at: str = "", **events: Any) -> Any:
    """A card with a picture of what is shown, and its words. `at` tells cards of one picture on one page apart.

    `events` go to Streamlit: what a click does; what was clicked is returned.
    """
    return draw(empty_card(picture, *shown), picture, *shown, at=at, **events)


def cards(*shown: tuple[Any, ...]) -> None:
    """Cards side by side, for each a picture and what it shows."""
    for column, one in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            card(*one)


def empty_card(picture: Picture, *shown: Any) -> DeltaGenerator:
    """A card with the words of a picture. Returns the place for the picture itself, to be filled by `draw`."""
    with st.container(border=True, height="stretch"):
        title, see = picture.title_of(*shown), picture.sentence_of(*shown)
        st.markdown(f"**{title}**")
        place = st.container()
        st.caption(see, help=explained(f"{title} {see}"))
    return place


def draw(
    place: DeltaGenerator, picture: Picture, *shown: Any, frame: pa.Table | None = None, at: str = "", **events: Any
) -> Any:
    """Draw a picture of what is shown in a place, or this frame of it."""
    return place.vega_lite_chart(
        picture.frame_of(*shown) if frame is None else frame,
        picture.spec(*shown, dark=is_dark()),
        key=key_of(picture, at),
        width="stretch",
        height=picture.height_of(*shown),
        alt=picture.alt_of(*shown),
        **events,
    )


def key_of(picture: Picture, at: str = "") -> str:
    """The key of the card, under which the session holds what was clicked in it."""
    return f"chart_{picture.name}{at and f'_{at}'}"


def plain(text: str) -> str:
    """Text from outside, so that none of it is taken for Markdown."""
    return re.sub(r"([\\`*\[\]()#<>~$:!|])", r"\\\1", text)


def is_dark() -> bool:
    """Whether the visitor looks at the dark theme."""
    return st.context.theme.type == "dark"


def downloads(recording: Recording, names: Sequence[str] = (), step: int | None = None) -> None:
    """Buttons that hand over all numbers, the settings and the named charts. The files are made when asked for.

    Where no Config describes the network, there are no settings.
    """
    files: list[tuple[str, str, Callable[[], str | bytes]]] = [
        ("All numbers (CSV)", "vitals-recording.csv", recording.csv)
    ]
    if recording.config is not None:
        files.append(("Settings (JSON)", "vitals-config.json", partial(_settings, recording.config)))
    if names:
        files.append(("These charts (SVG)", "vitals-charts.zip", lambda: _pictures(recording, names, step)))
    for column, (label, file, make) in zip(st.columns(len(files)), files, strict=True):
        column.download_button(said(label), make, file, icon=":material/download:", on_click="ignore", width="stretch")


def _settings(config: Config) -> str:
    return json.dumps(config.to_dict(), indent=2)


def _pictures(recording: Recording, names: Sequence[str], step: int | None) -> bytes:
    """The named charts as SVG documents in one zip file."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(f"{name}.svg", charts[name].svg(recording, step))
    return archive.getvalue()
