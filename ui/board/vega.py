"""The library that draws in the browser: Vega, as it comes with Altair's renderer, handed over once for a page.

It is a component without anything to see. Streamlit imports its text as a module and keeps it; as it never changes, a
browser that has it is sent nothing but its name. It travels packed, at less than half its size, and the browser unpacks
it. The renderer takes seconds to make that text, and lets nobody else do anything in the meantime. So it lies here as
the renderer has made it, with its licence; where the renderer is another, `python -m ui.board.vega` writes it again.
"""

import gzip
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

READY = "vega-is-here"  # the event that boards wait for; `window.vegaEmbed` is there from then on
FILE = Path(__file__).with_name("vega.js.gz")
UNPACK = """
const bytes = Uint8Array.from(atob("PACKED"), letter => letter.charCodeAt(0));
const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
const address = URL.createObjectURL(new Blob([await unpacked.text()], { type: "text/javascript" }));
await import(address);
URL.revokeObjectURL(address);
window.dispatchEvent(new Event("READY"));
export default () => {};
"""


def made() -> str:
    """That text, made by the renderer."""
    from vl_convert import javascript_bundle

    return javascript_bundle()


def vega() -> None:
    """Let the browser have Vega: where the whole page is drawn, as Streamlit takes time even to see that it has it."""
    _component()(key="vega", height=1)


@cache
def _component() -> Callable[..., object]:
    packed = b64encode(FILE.read_bytes()).decode("ascii")
    return st.components.v2.component("vega", js=UNPACK.replace("READY", READY).replace("PACKED", packed))


if __name__ == "__main__":
    FILE.write_bytes(gzip.compress(made().encode("utf-8"), mtime=0))
