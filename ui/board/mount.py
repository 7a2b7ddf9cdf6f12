"""A board in the browser: `mount` hands over what it shows. It needs neither torch nor a Recording, so a board that was
made before can be shown before these are loaded."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import streamlit as st

from ui.board.vega import READY, vega

HERE = Path(__file__).parent


class Back(NamedTuple):
    """What came back from a board: the step it rests at, if the visitor has moved it, and what was pressed just now."""

    step: int | None
    pressed: str | None


class Handed(NamedTuple):
    """What a board is handed: all but tables, as JSON has it, and for each chart the table of what it shows."""

    data: dict[str, Any]
    tables: Mapping[str, pa.Table]


def mount(handed: Handed, key: str, on_press: Callable[[], None] = lambda: None) -> Back:
    """Put a board on the page."""
    vega()
    tables = {f"table_{name}": table for name, table in handed.tables.items()}
    component = st.components.v2.component(
        "board", js=_text("figure.js") + _text("board.js"), css=_text("board.css"), html="<div></div>"
    )
    data = {"ready": READY, **handed.data, **tables}
    heard = {"on_step_change": lambda: None, "on_unit_change": lambda: None, "on_press_change": on_press}
    found = component(key=key, data=data, **heard)
    return Back(found.get("step"), found.get("press"))


@cache
def _text(file: str) -> str:
    return (HERE / file).read_text(encoding="utf-8")
