"""Visitor: a browser's side of Streamlit's protocol, without a browser, so that fifty of them cost next to nothing.

It opens a page over the WebSocket, keeps what stands on it, presses and moves its widgets, and draws fragments again as
often as they ask for it. It speaks to servers of this machine only.

    with Visitor(server.url, "lab", "depth=10&steps=500") as visitor:   # opened, and drawn once
        visitor.press("Start training")                # returns once the page has answered
        visitor.turn("Depth", 7)                       # a slider by its label, to a value or an entry
        visitor.until(lambda: "Start again" in visitor.buttons())
        print(visitor.words())                         # all that is written on the page, boards included
        visitor.drop()                                 # the network breaks …
        visitor.connect()                              # … and comes back: the same session, as a browser does it
        visitor.visit("map")                           # another page of the same session

A thread of each visitor reads what comes and asks for the fragments that want to be drawn `run_every` so many seconds;
so `until` and the other methods may simply wait. `silent=True` never asks for any. `received` counts bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from .page import Page, label_of

PATIENCE = 60.0  # seconds that an answer may take
LOOK = 0.02  # seconds between two looks at the clock
LOOPBACK = {"127.0.0.1", "localhost"}


class Due(NamedTuple):
    """A fragment that wants to be drawn every so many seconds, and when it is time."""

    interval: float
    at: float


class Visitor:
    """One tab of a browser, at a page of a server. `query` is the link's, without a question mark."""

    def __init__(self, url: str, page: str = "lab", query: str = "", *, silent: bool = False) -> None:
        assert urlsplit(url).hostname in LOOPBACK, "only servers of this machine are visited"
        self.url, self.page, self.query, self.silent = url, page, query, silent
        self.session: str | None = None
        self.shown = Page()
        self.received = 0
        self.states: dict[str, WidgetState] = {}
        self._script, self._cached = "", dict[str, ForwardMsg]()
        self._due: dict[str, Due] = {}
        self._changed = Condition()
        self._open = ExitStack()
        self._socket: ClientConnection | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.drop()

    @property
    def connected(self) -> bool:
        """Whether the server has not hung up."""
        return self._thread is not None and self._thread.is_alive()

    def connect(self, *, wait: bool = True) -> None:
        """Open the page; in the session that this visitor had before, if there was one and the server still has it."""
        address = f"ws{self.url.removeprefix('http')}/_stcore/stream"
        told = ["streamlit", "PLACEHOLDER_AUTH_TOKEN", *([self.session] if self.session else [])]
        # The third is a session, which no protocol is called like: the server chooses the first.
        opening = connect(address, subprotocols=told, max_size=None, compression=None, proxy=None)  # type: ignore[arg-type]
        self._socket = self._open.enter_context(opening)
        self._thread = Thread(target=self._read, args=(self._socket,), daemon=True)
        self._thread.start()
        self.rerun(wait=wait)

    def drop(self) -> None:
        """Leave, or let the network break: to a server, both are the same."""
        self._due.clear()
        self._open.close()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def visit(self, page: str, query: str = "") -> None:
        """Go to another page."""
        self.page, self.query, self._script = page, query, ""
        self.rerun()

    def rerun(self, fragment: str = "", *, wait: bool = True, trigger: WidgetState | None = None) -> None:
        """Ask for the page, or one fragment of it, to be drawn; return once it was, and all that came of it."""
        before = self.shown.ended(fragment)
        self._ask(fragment, trigger=trigger)
        if wait:
            self.until(lambda: self.shown.ended(fragment) > before and not self.shown.running)

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until the page shows something."""
        end = monotonic() + seconds
        with self._changed:
            while not condition():
                assert monotonic() < end, f"it never happened; the page says: {self.words()[-2000:]}"
                assert self.connected, "the server has hung up"
                self._changed.wait(0.5)

    def press(self, label: str, *, wait: bool = True) -> None:
        """Press the button whose label has these words."""
        widget, fragment = self.shown.widget("button", label)
        assert not widget.disabled, f"“{label}” cannot be pressed"
        self.rerun(fragment, wait=wait, trigger=WidgetState(id=widget.id, trigger_value=True))

    def turn(self, label: str, value: Any, *, wait: bool = True) -> None:
        """Move a slider, choose an entry, or switch a toggle, by its label."""
        kind, widget, fragment = self.shown.control(label)
        state = WidgetState(id=widget.id)
        match kind:
            case "slider":
                place = list(widget.options).index(str(value)) if widget.options else value
                state.double_array_value.data.append(place)
            case "selectbox":
                state.string_value = value
            case "button_group":
                state.string_array_value.data.append(value)
            case _:
                state.bool_value = value
        self.states[widget.id] = state
        self.rerun(fragment, wait=wait)

    def send(self, message: BackMsg) -> None:
        """Send anything, such as BackMsg(clear_cache=True)."""
        assert self._socket is not None
        self._socket.send(message.SerializeToString())

    def words(self) -> str:
        """All that is written on the page, with what its boards say."""
        return "\n".join(self.shown.texts())

    def buttons(self) -> dict[str, bool]:
        """The buttons by their labels, and whether they can be pressed."""
        return {label_of(found.label): not found.disabled for found, _ in self.shown.all("button")}

    def boards(self) -> list[dict[str, Any]]:
        """What each board is handed, but for its tables."""
        found = [part for part, _ in self.shown.all("bidi_component") if part.component_name == "board"]
        return [json.loads(part.mixed.json or part.json) for part in found]

    def intervals(self) -> list[float]:
        """How often fragments of the page want to be drawn, in seconds."""
        return [due.interval for due in dict(self._due).values()]

    def _ask(self, fragment: str = "", *, auto: bool = False, trigger: WidgetState | None = None) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self.query, self._script, fragment
        asked.page_name = "" if self._script else self.page
        asked.is_auto_rerun = auto
        asked.widget_states.widgets.extend([*self.states.values(), *([trigger] if trigger else [])])
        asked.cached_message_hashes.extend(list(self._cached))
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        asked.context_info.url, asked.context_info.color_scheme = f"{self.url}/{self.page}", "light"
        self.send(message)

    def _read(self, socket: ClientConnection) -> None:
        try:
            while True:
                for payload in _coming(socket, self._seconds()):
                    self.received += len(payload)
                    with self._changed:
                        self._take(ForwardMsg.FromString(payload))
                        self._changed.notify_all()
                self._draw_again()
        except ConnectionClosed:
            with self._changed:
                self._changed.notify_all()

    def _seconds(self) -> float:
        """How long nothing has to be asked for."""
        return max(LOOK, min((due.at for due in self._due.values()), default=monotonic() + 1) - monotonic())

    def _draw_again(self) -> None:
        now = monotonic()
        for fragment, due in list(self._due.items()):
            if due.at <= now and not self.silent:
                self._due[fragment] = Due(due.interval, now + due.interval)
                self._ask(fragment, auto=True)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":  # the browser has kept it
            whole = ForwardMsg.FromString(self._cached[message.ref_hash].SerializeToString())
            whole.metadata.CopyFrom(message.metadata)
            message, kind = whole, whole.WhichOneof("type")
        elif message.metadata.cacheable and message.hash:
            self._cached[message.hash] = message
        match kind:
            case "new_session":
                self.session = message.new_session.initialize.session_id
                self._script = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:
                    self._due.clear()
            case "auto_rerun":
                interval, fragment = message.auto_rerun.interval, message.auto_rerun.fragment_id
                if fragment not in self._due or self._due[fragment].interval != interval:
                    self._due[fragment] = Due(interval, monotonic() + interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._due.pop(fragment, None)
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
        self.shown.take(message)


def _coming(socket: ClientConnection, seconds: float) -> Iterator[bytes]:
    """What arrives within so many seconds, the first of it at most."""
    try:
        payload = socket.recv(seconds)
    except TimeoutError:
        return
    assert isinstance(payload, bytes)
    yield payload
