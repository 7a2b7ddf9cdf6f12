"""Another language changes every word and nothing else: the same ids, links, keys, pictures and verdicts.

The language here marks each template that it is asked for. So a text that went past the door shows no mark, a word that
serves as a key finds nothing, and without the marks the screen must read as it does in English.
"""

import json
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple

import pytest
from screen import LAB, healthy, until
from streamlit.testing.v1 import AppTest

from core import Config
from core.claims import check
from core.measuring.measures import measures
from core.words import said
from core.words.glossary import explained, mentioned
from ui.claims import unchecked
from ui.controls import KEPT
from ui.frame import headings
from ui.old_links import NAMES, VALUES

OPENING, CLOSING = "‹", "›"
# Shown as they are called in a link, in the Recording and in its CSV: ids of choices, of measures and of their axes.
CHOICES = {name for field in Config.fields().values() for name in getattr(field, "options", ())}
AXES = {"bin", "layer", "quantile", "split", "step", "unit"}
IDS = CHOICES | {"loss", "accuracy"} | set(measures) | AXES
NUMBER = re.compile(r"(?:[\W\d_]|e[+-]?\d)*")
FORMULAS = {"latex", "code"}  # the same in every language, as are addresses
SHOWN = ("label", "help", "body", "text", "placeholder", "alt")
each = pytest.mark.parametrize("heading", headings(), ids=lambda heading: heading.file.stem)


def marked(template: str) -> str:
    return f"{OPENING}{template}{CLOSING}"


def unmarked(text: str) -> str:
    """The text in English; a mark at its front may have kept it from a capital."""
    return text.replace(OPENING, "").replace(CLOSING, "").casefold()


@pytest.fixture
def in_both(opened, few, monkeypatch):
    """Opens an address in English and in the language with the marks, and does the same in both."""

    def both(query, page, do=lambda app: None):
        apps = []
        for language in (said.english, marked):
            monkeypatch.setattr(said, "_language", language)
            app = until(opened(query, page), lambda app: page != "pages/claims.py" or not unchecked())
            do(app)
            apps.append(Screen.of(healthy(app.run())))
        return apps

    return both


class Screen(NamedTuple):
    """What there is on a page: its texts with the kinds of what they stand in, and all that is no text."""

    texts: list[tuple[str, str]]
    kinds: list[str]
    values: dict[str, Any]
    keys: set[str]
    link: dict[str, Any]
    pictures: list[dict[str, Any]]

    @classmethod
    def of(cls, app: AppTest) -> "Screen":
        nodes = [node for side in (app.main, app.sidebar) for node in side if hasattr(node, "proto")]
        return cls(
            [(node.type, text) for node in nodes for text in texts(node.proto)],
            [node.type for node in nodes],
            {node.key: node.value for node in nodes if getattr(node, "key", None) and hasattr(node, "value")},
            set(app.session_state.keys()),
            dict(app.query_params),
            [json.loads(node.proto.spec) for node in nodes if node.type == "vega_lite_chart"],
        )


def texts(proto: Any) -> Iterator[str]:
    """The texts of an element, its options among them."""
    for name in SHOWN:
        text = getattr(proto, name, "")
        if isinstance(text, str) and text:
            yield text
    for option in getattr(proto, "options", ()):
        yield getattr(option, "content", option)


def titles(spec: Any) -> Iterator[str]:
    """The texts in a picture: of axes, legends, and what a mark says when it is touched."""
    if isinstance(spec, list):
        for part in spec:
            yield from titles(part)
    elif isinstance(spec, dict):
        yield from (value for name, value in spec.items() if name in ("title", "text") and isinstance(value, str))
        for part in spec.values():
            yield from titles(part)


def has_words(kind: str, text: str) -> bool:
    """Whether a text should be in the reader's language."""
    return kind not in FORMULAS and text not in IDS and not NUMBER.fullmatch(text)


def same_but_for_words(english: Screen, other: Screen) -> None:
    """The texts are the same without the marks, but for the order of an alphabet; all else is the same with them."""
    assert other.kinds == english.kinds
    assert sorted(unmarked(text) for _, text in other.texts) == sorted(unmarked(text) for _, text in english.texts)
    assert other.values == english.values
    assert other.keys == english.keys
    assert other.link == english.link
    assert len(other.pictures) == len(english.pictures)


def move_first(app: AppTest) -> None:
    """Move the first kept control that is on the screen, if there is one."""
    kept = app.session_state.get(KEPT, {})
    nodes = [node for node in app.main if getattr(node, "key", None) in kept]
    if nodes:
        first = nodes[0]
        others = [option for option in options(first) if option != shown(first)]
        healthy(first.set_value(others[-1]).run())


def options(control: Any) -> list[Any]:
    return list(control.options) if hasattr(control, "options") else [control.min, control.max]


def shown(control: Any) -> Any:
    """What a control stands on, as it is written among its options."""
    if not hasattr(control, "options"):
        return control.value
    return control.format_func(control.value) if control.value is not None else None


@each
def test_a_page_in_another_language_is_the_same_page(heading, in_both):
    english, other = in_both({}, heading.path, move_first)
    same_but_for_words(english, other)


@each
def test_every_word_of_a_page_is_asked_for(heading, in_both):
    _, other = in_both({}, heading.path)
    assert [text for kind, text in other.texts if has_words(kind, text) and OPENING not in text] == []
    words = [title for spec in other.pictures for title in titles(spec)]
    assert [title for title in words if has_words("title", title) and OPENING not in title] == []
    assert other.texts


@pytest.mark.parametrize("name", NAMES)
def test_an_old_name_opens_what_it_opened(name, in_both):
    stem = NAMES[name].removeprefix("guess_")
    english, other = in_both({name: "b"}, f"pages/{stem}.py")
    assert english.values[NAMES[name]] == other.values[NAMES[name]] == "b"
    assert english.link == other.link


def alike(stem: str, name: str) -> int:
    """How many letters the name of a page and that of a control begin with together."""
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(stem, name, strict=False))])


@pytest.mark.parametrize("name", VALUES)
def test_an_old_value_opens_what_it_opened(name, in_both):
    page = LAB if name == "view" else max(headings(), key=lambda heading: alike(heading.file.stem, name)).path
    word, value = list(VALUES[name].items())[-1]
    english, other = in_both({name: word}, page)
    assert [screen.values.get(name, screen.link.get(name)) for screen in (english, other)] == [value, value]
    assert english.link == other.link


@pytest.mark.parametrize("name", ["xor_alone", "a_quarter_a_layer", "name_of_relu"])
def test_a_verdict_is_the_same_in_every_language(name, monkeypatch):
    english = check(name).finding
    monkeypatch.setattr(said, "_language", marked)
    assert check(name).finding == english


def test_a_term_is_found_and_explained_in_another_language(monkeypatch):
    german = {"dead unit": "tote Einheit", "dead units?": "tote Einheiten?"}
    terms = mentioned("All dead units, and their gradient.")
    monkeypatch.setattr(said, "_language", lambda template: german.get(template, template))
    assert mentioned("Eine tote Einheit hat keinen gradient.") == terms
    assert explained("Eine tote Einheit.").startswith("**tote Einheit**: ")
