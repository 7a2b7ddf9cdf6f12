"""How a picture is shown: title, picture, and the one sentence on what to see in it."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts
from core.charts.chart import FIRST_UNIT, UnitPlace
from core.charts.picture import LARGE, Picture
from core.config import Config
from core.measuring import Recording
from core.measuring.tables import write_csv
from core.memory.gate import NoRoomError
from core.networks.plain import script
from core.networks.plain.data import table_file, table_text
from core.networks.plain.notebook import notebook
from core.words.glossary import explained
from core.words.said import said, why
from core.work.stored import Origin

NUMBERS = "vitals-recording.csv"
MOST_ROWS = 250_000  # of a file as it is, some 17 MB


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
    place: DeltaGenerator,
    picture: Picture,
    *shown: Any,
    frame: pa.Table | None = None,
    at: str = "",
    large: bool = False,
    **events: Any,
) -> Any:
    """Draw a picture of what is shown in a place, or this frame of it; with large letters, if asked to."""
    spec = picture.spec(*shown, dark=is_dark())
    return place.vega_lite_chart(
        picture.frame_of(*shown) if frame is None else frame,
        _enlarged(spec) if large else spec,
        key=key_of(picture, at),
        width="stretch",
        height=picture.height_of(*shown),
        alt=picture.alt_of(*shown),
        **events,
    )


def _enlarged(spec: dict[str, Any]) -> dict[str, Any]:
    """The drawing with letters that are half as large again as usual."""
    sizes, config = {"labelFontSize": 17, "titleFontSize": 18}, spec["config"]
    params = [param | ({"value": 1.5} if param["name"] == LARGE else {}) for param in spec["params"]]
    larger = {part: config.get(part, {}) | sizes for part in ("axis", "legend")}
    return {**spec, "params": params, "config": config | larger}


def key_of(picture: Picture, at: str = "") -> str:
    """The key of the card, under which the session holds what was clicked in it."""
    return f"chart_{picture.name}{at and f'_{at}'}"


JOINER = "\u2060"  # which takes no room and can be seen by nobody
ADDRESS = re.compile(r"(?<=www)(?=\.)|(?<=https:)(?=//)|(?<=http:)(?=//)|(?=@)", re.IGNORECASE)
MARKDOWN = re.compile(r"([\\`*\[\]()#<>~$:!|]|(?<![^\W_])_|_(?![^\W_]))")


def plain(text: str) -> str:
    """Text from outside, so that none of it is taken for Markdown. Addresses become links even where their signs are
    escaped; they do not where something stands within."""
    return MARKDOWN.sub(r"\\\1", ADDRESS.sub(JOINER, text))


def with_list(words: str, entries: Sequence[str]) -> str:
    """Words and a list of texts from outside, as Markdown."""
    return words + "\n" + "".join(f"\n- {plain(entry)}" for entry in entries)


def facts_of(origin: Origin) -> dict[str, str]:
    """When and where something was computed, to fill a template: `date`, `processor`, `libraries`."""
    return {name: plain(fact) for name, fact in asdict(origin).items()}


def is_dark() -> bool:
    """Whether the visitor looks at the dark theme."""
    return st.context.theme.type == "dark"


def drawn_if_there_is_room(draw: Callable[[], object]) -> None:
    """Draw what may have to be measured first, or say that other work has taken the memory for it."""
    try:
        draw()
    except NoRoomError as problem:
        st.error(plain(said(why(problem))), icon=":material/memory:")


def downloads(
    shown: Callable[[], Recording],
    names: Sequence[str] = (),
    at: Callable[[], tuple[int | None, UnitPlace]] = lambda: (None, FIRST_UNIT),
    *,
    asked: Callable[[], Config],
) -> None:
    """Buttons that hand over all numbers, the settings, the network as a program of PyTorch and as a notebook, and the
    named charts, of the step and the unit that `at` tells.

    The files are made when asked for, of the recording that is `shown` then; many numbers come in a zip file. Where
    that is untrained, the settings are those that it is `asked` to be trained with; where no Config describes the
    network, there are none.
    """
    files: list[tuple[str, str, Callable[[], str | bytes]]] = [
        ("All numbers (CSV)", NUMBERS, lambda: _numbers(shown()))
        if shown().rows <= MOST_ROWS
        else ("All numbers (CSV in ZIP)", "vitals-recording.zip", lambda: _zipped_numbers(shown()))
    ]
    if shown().config is not None:
        config = shown().known_config if shown().steps[-1] else asked()  # now: a download knows no session
        files.append(("Settings (JSON)", "vitals-config.json", lambda: _settings(config)))
        for label, file, write in (("PyTorch script", "vitals.py", script), ("Notebook", "vitals.ipynb", notebook)):
            zipped = config.dataset == "upload"
            files.append((label, f"{file}.zip" if zipped else file, partial(_program, file, write, config)))
    if names:
        files.append(("These charts (SVG)", "vitals-charts.zip", lambda: _pictures(shown(), names, *at())))
    with st.container(horizontal=True):
        for label, file, make in files:
            st.download_button(said(label), make, file, icon=":material/download:", on_click="ignore")


def _numbers(recording: Recording) -> bytes:
    file = BytesIO()
    write_csv(recording.data, file)
    return file.getvalue()


def _zipped_numbers(recording: Recording) -> bytes:
    """A tenth of the size. Equal numbers make equal files, of which Streamlit keeps one."""
    archive, inside = BytesIO(), ZipInfo(NUMBERS)
    inside.compress_type = ZIP_DEFLATED
    with ZipFile(archive, "w") as zipped, zipped.open(inside, "w", force_zip64=True) as file:
        write_csv(recording.data, file)
    return archive.getvalue()


def _program(name: str, write: Callable[[Config], str], config: Config) -> str | bytes:
    """The text of a program; of one that learns from a visitor's own table, a zip file with its numbers beside it."""
    if config.dataset != "upload":
        return write(config)
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr(ZipInfo(name), write(config))
        zipped.writestr(ZipInfo(table_file(config)), table_text(config))
    return archive.getvalue()


def _settings(config: Config) -> str:
    return json.dumps(config.to_dict(), indent=2)


def _pictures(recording: Recording, names: Sequence[str], step: int | None, unit: UnitPlace) -> bytes:
    """The named charts as SVG documents in one zip file."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(f"{name}.svg", charts[name].svg(recording, step, unit))
    return archive.getvalue()
