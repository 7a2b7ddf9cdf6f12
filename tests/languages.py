"""Another language, and what a screen says in it: each template that is asked for comes back between marks.

What fills a template stays outside the marks. So a text that went past the door shows words without them, also where it
only fills a template that did not; and without the marks the screen must read as it does in English.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa
from streamlit.proto.ArrowData_pb2 import ArrowData
from streamlit.testing.v1 import AppTest

from core import Config
from core.measuring.measures import measures

OPENING, CLOSING = "‹", "›"
PLACE = re.compile(r"(\{[^{}]*\})")  # in a template, for what fills it
SHOWN = ("label", "help", "body", "delta", "text", "placeholder", "alt")
UNSENT = ArrowData()
FORMULAS = {"latex", "code"}  # the same in every language, as are addresses

# Shown as they are called in a link, in the Recording and in its CSV: ids of fields, of choices, of measures and of
# their axes. And as they are called in Python.
CHOICES = {name for field in Config.fields().values() for name in getattr(field, "options", ())}
AXES = {"bin", "layer", "quantile", "split", "step", "unit"}
PYTHON = {"np", "maximum", "NaN", "None"}
IDS = CHOICES | set(Config.fields()) | {"loss", "accuracy"} | set(measures) | AXES | PYTHON
KEYS = {"mark", "side", "kind", "picture"}  # columns of a frame that decide how a row is drawn, and are no words in it
ALONE = "measured"  # the id of a series that no legend names

ASKED = re.compile(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}")
NO_WORD = re.compile(r"(?s:<(style|script)>.*?</\1>)|https?://\S+|:material/\w+:|:[a-z-]+\[|\d[\d.,]*e[+-]?\d+")
WORD = re.compile(r"[^\W\d_]\w+")  # one letter alone is a symbol, or the name of a column


def marked(template: str) -> str:
    """The language: each stretch of a template between marks."""
    parts = filter(None, PLACE.split(template))
    return "".join(part if PLACE.fullmatch(part) else f"{OPENING}{part}{CLOSING}" for part in parts)


def unmarked(text: str) -> str:
    """The text in English; a mark at its front may have kept it from a capital."""
    return text.replace(OPENING, "").replace(CLOSING, "").casefold()


class Screen(NamedTuple):
    """What there is on a page: its texts with the kinds of what they stand in, and all that is no text.

    `drawn` are the texts in pictures and tables.
    """

    texts: list[tuple[str, str]]
    kinds: list[str]
    values: dict[str, Any]
    keys: set[str]
    link: dict[str, Any]
    pictures: int
    drawn: list[str]

    @classmethod
    def of(cls, app: AppTest) -> "Screen":
        nodes = [node for side in (app.main, app.sidebar) for node in side if hasattr(node, "proto")]
        pictures = [node.proto for node in nodes if node.type == "vega_lite_chart"]
        frames = [read(part.data.data) for proto in pictures for part in proto.datasets]
        tables = [read(node.proto.arrow_data.data) for node in nodes if getattr(node.proto, "arrow_data", UNSENT).data]
        boards = [
            node.proto for node in nodes if node.type == "bidi_component" and node.proto.component_name == "board"
        ]
        handed = [json.loads(proto.mixed.json or proto.json) for proto in boards]
        frames += [read(part.data) for proto in boards for part in proto.mixed.arrow_blobs.values()]
        specs = [json.loads(chart["spec"]) for board in handed for chart in board["charts"]]
        specs += [json.loads(proto.spec) for proto in pictures]
        words = chain.from_iterable(map(_words_of, [*frames, *tables]))
        return cls(
            [(node.type, text) for node in [*nodes, *app.toast] for text in texts(node.proto)]
            + [("board", text) for board in handed for text in board_texts(board)],
            [node.type for node in nodes],
            {node.key: node.value for node in nodes if getattr(node, "key", None) and hasattr(node, "value")},
            set(app.session_state.keys()),
            dict(app.query_params),
            len(specs),
            [
                *(text for spec in specs for text in titles(spec)),
                *(name for table in tables for name in table.column_names if not name.startswith("__")),
                *words,
            ],
        )


def texts(proto: Any) -> Iterator[str]:
    """The texts of an element, its options among them."""
    for name in SHOWN:
        text = getattr(proto, name, "")
        if isinstance(text, str) and text:
            yield text
    for option in getattr(proto, "options", ()):
        yield getattr(option, "content", option)


def board_texts(board: dict[str, Any]) -> Iterator[str]:
    """The texts of a board, but for those in its pictures."""
    message = board["message"] or {"text": "", "actions": []}
    yield from (chart[name] for chart in board["charts"] for name in ("title", "see", "help", "alt"))
    yield from (text for numbers in board["numbers"] for number in numbers for text in number)
    yield from (words for *_, words in [*board["marks"], *message["actions"]])
    yield from (*board["helps"].values(), *board["words"].values(), *board["told"], board["beside"], message["text"])
    yield (board["progress"] or {"text": ""})["text"]


def titles(spec: Any) -> Iterator[str]:
    """The texts in a picture: of axes, legends, and what a mark says when it is touched."""
    if isinstance(spec, list):
        for part in spec:
            yield from titles(part)
    elif isinstance(spec, dict):
        yield from (value for name, value in spec.items() if name in ("title", "text") and isinstance(value, str))
        for part in spec.values():
            yield from titles(part)


def read(frame: bytes) -> pa.Table:
    """A frame as it travels to the browser."""
    return pa.ipc.open_stream(frame).read_all()


def _words_of(frame: pa.Table) -> Iterator[str]:
    for name, column in zip(frame.column_names, frame.columns, strict=True):
        if name not in KEYS and not pa.types.is_primitive(column.type):
            yield from (word for word in column.unique().to_pylist() if word and word != ALONE)


def unasked(screen: Screen, *names: str) -> list[str]:
    """The texts with a word that nobody was asked for. `names` are those of what comes from outside."""
    found = [text for kind, text in screen.texts if kind not in FORMULAS] + screen.drawn
    return [text for text in dict.fromkeys(found) if _has_words(text, names)]


def _has_words(text: str, names: tuple[str, ...]) -> bool:
    rest = NO_WORD.sub(" ", ASKED.sub(" ", text))
    for name in names:
        rest = rest.replace(name, " ")
    return any(word not in IDS for word in WORD.findall(rest))
