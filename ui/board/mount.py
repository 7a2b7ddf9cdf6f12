"""A board in the browser: `mount` hands over what it shows. It needs neither torch nor a Recording, so a board that was
made before can be shown before these are loaded. Somewhere on its page there has to be `vega`, for all boards."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import streamlit as st

from ui.board.vega import READY

HERE = Path(__file__).parent
SCRIPTS = ("figure.js", "line.js", "board.js")  # in the order in which they need each other


class Handed(NamedTuple):
    """What a board is handed: all but tables, as JSON has it, and for each chart the table of what it shows."""

    data: dict[str, Any]
    tables: Mapping[str, pa.Table]


def _nothing() -> None:
    """What is not asked for."""


def mount(
    handed: Handed, key: str, on_press: Callable[[], None] = _nothing, on_rest: Callable[[], None] = _nothing
) -> int | None:
    """Put a board on the page. Returns the step it rests at, if the visitor has moved it."""
    tables = {f"table_{name}": table for name, table in handed.tables.items()}
    data = {"ready": READY, **handed.data, **tables}
    heard = {"step": _nothing, "unit": _nothing, "press": on_press, "rest": on_rest}
    found = _component()(key=key, data=data, **{f"on_{name}_change": then for name, then in heard.items()})
    return found.get("step")


@cache
def _component() -> Callable[..., Mapping[str, Any]]:
    text = {file: (HERE / file).read_text(encoding="utf-8") for file in (*SCRIPTS, "board.css")}
    script = "".join(map(text.__getitem__, SCRIPTS))
    return st.components.v2.component("board", js=script, css=text["board.css"], html="<div></div>")
