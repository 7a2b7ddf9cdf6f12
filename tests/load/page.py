"""Page: what stands on a page, put together from Streamlit's messages as a browser does it."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

CONTROLS = ("slider", "selectbox", "checkbox", "button_group")
WRITTEN = {  # where the words of an element stand
    "markdown": "body",
    "heading": "body",
    "alert": "body",
    "text": "body",
    "progress": "text",
    "exception": "message",
    "metric": "body",
    "code": "code_text",
    "spinner": "text",
}


def label_of(label: str) -> str:
    """A button's label without its dress."""
    return label.removeprefix(":primary[**").removesuffix("**]")


class Placed(NamedTuple):
    """An element, the run of the script that put it there, and the fragment that it is of."""

    element: Element
    run: str
    fragment: str


class Page:
    """The elements of a page by their places. `running` tells whether a script draws it at this moment."""

    def __init__(self) -> None:
        self.placed: dict[tuple[int, ...], Placed] = {}
        self.running = False
        self.runs = 0
        self._run, self._fragments = "", list[str]()
        self._ended: Counter[str] = Counter()

    def ended(self, fragment: str = "") -> int:
        """How often it was drawn to its end: this fragment, or the whole."""
        return self._ended[fragment] + (self._ended[""] if fragment else 0)

    def take(self, message: ForwardMsg) -> None:
        """Change as a message says."""
        match message.WhichOneof("type"):
            case "new_session":
                self.running, self.runs = True, self.runs + 1
                self._run, self._fragments = message.metadata.run.script_run_id, [*message.metadata.run.fragment_ids]
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                placed = Placed(message.delta.new_element, self._run, message.delta.fragment_id)
                self.placed[tuple(message.metadata.delta_path)] = placed
            case "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self._end()

    def _end(self) -> None:
        """Take away what the script no longer draws."""
        self.running = False
        self._ended.update(self._fragments or [""])
        for place, placed in list(self.placed.items()):
            if placed.run != self._run and (not self._fragments or placed.fragment in self._fragments):
                del self.placed[place]

    def all(self, kind: str) -> Iterator[tuple[Any, str]]:
        """The elements of a kind, each with its fragment."""
        for placed in list(self.placed.values()):
            if placed.element.WhichOneof("type") == kind:
                yield getattr(placed.element, kind), placed.fragment

    def widget(self, kind: str, label: str) -> tuple[Any, str]:
        """The widget of a kind with this in its label, and its fragment."""
        found = [(widget, fragment) for widget, fragment in self.all(kind) if label in widget.label]
        exact = [(widget, fragment) for widget, fragment in found if label_of(widget.label) == label]
        assert found, f"there is no {kind} “{label}”"
        return (exact or found)[0]

    def control(self, label: str) -> tuple[str, Any, str]:
        """The control with this label: its kind, itself and its fragment."""
        for kind in CONTROLS:
            for widget, fragment in self.all(kind):
                if widget.label == label:
                    return kind, widget, fragment
        raise AssertionError(f"there is no control “{label}”")

    def texts(self) -> Iterator[str]:
        """What is written, place by place."""
        for _, placed in sorted(self.placed.items()):
            kind = placed.element.WhichOneof("type")
            part = getattr(placed.element, kind or "empty")
            if kind in WRITTEN:
                yield str(getattr(part, WRITTEN[kind]))
            elif kind == "bidi_component" and part.component_name == "board":
                board = json.loads(part.mixed.json or part.json)
                said = [board["progress"], board["message"], board["verdict"]]
                yield from (str(each["text"]) for each in said if each)
