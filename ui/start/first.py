"""The first picture of a fresh server: the lab as it looks untrained, found before, shown until PyTorch is loaded.

`first.json` holds what the lab's board is handed then, in both themes, with the date and the machine: `python -m
ui.start.first` writes it. Nothing here loads torch but that.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from core.words.said import english, language, said
from core.work.stored import FOREIGN, Origin, read, write
from ui.board.mount import Handed, mount
from ui.board.vega import vega
from ui.lab.slim import slim

FILE = Path(__file__).with_name("first.json")
LAB = "lab"
THEMES = {"light": False, "dark": True}


def first_picture(address: str, words: str) -> bool:
    """Show the lab until it is there itself: everything has its place already. `words` say what the wait is for.

    Returns whether this is the `address` of the lab as it looks at first, and it was found before.
    """
    if address != LAB or st.query_params or language() is not english:
        return False
    handed = stored("dark" if st.context.theme.type == "dark" else "light")
    if handed is None:
        return False
    slim()
    with st.sidebar:
        st.caption(words)
    with st.container(horizontal=True, key="lab_head"):
        st.title(said("Lab"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", key="lab_row"):
        st.caption(words)
    vega()
    mount(handed, "first_picture")
    return True


def stored(theme: str) -> Handed | None:
    """What the board was handed; None where the file is of another form, or missing."""
    try:
        return _handed(theme, read(FILE))
    except FOREIGN:
        return None


def _handed(theme: str, entries: dict[str, Any]) -> Handed:
    origin = Origin.read(entries["made"])
    words = said("Found before, on {date} with {processor}. Yours is measured as soon as it can be.", **asdict(origin))
    message = {"kind": "info", "text": words, "actions": [], "more": []}
    tables = {name: pa.ipc.open_stream(b64decode(text)).read_all() for name, text in entries["tables"].items()}
    return Handed({**entries["data"], **entries[theme], "message": message}, tables)


def found() -> dict[str, Any]:
    """The same, found here and now."""
    from core import Config, record
    from ui.board.board import handed
    from ui.board.looks import all_looks
    from ui.lab.verdict import judged
    from ui.lab.views import FIRST, charts_of

    config = Config.default()
    recording = record(config.at_start())
    names = tuple(charts_of(FIRST, recording))
    looks = all_looks(recording, names)
    more = {"last": config.steps, "verdict": judged(recording, config)}
    both = {name: handed(recording, names, looks, dark=dark, **more) for name, dark in THEMES.items()}
    themed = {name: {"charts": one.data["charts"], "dark": one.data["dark"]} for name, one in both.items()}
    data = {name: value for name, value in both["light"].data.items() if name not in themed["light"]}
    tables = {name: b64encode(_written(one.table)).decode("ascii") for name, one in looks.packed.items()}
    return {"data": json.loads(json.dumps(data)), **themed, "tables": tables}


def _written(table: pa.Table) -> bytes:
    """A table as Arrow's stream has it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def store() -> None:
    """Find it here and now, and write it."""
    write(FILE, {"made": asdict(Origin.here()), **found()})


if __name__ == "__main__":
    store()
