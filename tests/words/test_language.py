"""Another language changes every word and nothing else: the same ids, links, keys, pictures and verdicts.

The language here marks each template that it is asked for (see `languages`): what shows words without marks went past
the door, and a word that serves as a key finds nothing.
"""

from itertools import takewhile
from typing import Any

import pytest
from languages import Screen, marked, unasked, unmarked
from screen import LAB, healthy, progress, until
from streamlit.testing.v1 import AppTest

from core.claims import check
from core.sweeps.stored import FILE, first_map, map_in
from core.words import said
from core.words.glossary import explained, mentioned
from ui.controls import KEPT
from ui.frame import headings
from ui.old_links import NAMES, VALUES
from ui.show import facts_of
from ui.sweeps.claims import unchecked

CLAIMS = "pages/claims.py"
each = pytest.mark.parametrize("heading", headings(), ids=lambda heading: heading.file.stem)


@pytest.fixture
def in_both(opened, few, monkeypatch):
    """Opens an address in English and in the language with the marks, and does the same in both: what is on the screen
    before and after, in each. No word may be unasked for."""

    def both(query, page, do=None):
        screens = []
        for language in (said.english, marked):
            monkeypatch.setattr(said, "_language", language)
            app = until(opened(query, page), lambda app: not progress(app) and (page != CLAIMS or not unchecked()))
            before = Screen.of(app)
            screens.append((before, Screen.of(healthy(do(app))) if do else before))
        assert [text for screen in screens[1] for text in unasked(screen, *names_of_machine())] == []
        return list(zip(*screens, strict=True))

    return both


def names_of_machine() -> list[str]:
    """What the page Map says of where its map was trained: names of a processor and of libraries."""
    found = map_in(FILE, first_map())
    facts = facts_of(found.origin) if found is not None else {}
    return [facts[name] for name in ("processor", "libraries") if name in facts]


def same_but_for_words(english: Screen, other: Screen) -> None:
    """The texts are the same without the marks, but for the order of an alphabet; all else is the same with them."""
    assert other.kinds == english.kinds
    assert sorted(unmarked(text) for _, text in other.texts) == sorted(unmarked(text) for _, text in english.texts)
    assert other.values == english.values
    assert other.keys == english.keys
    assert other.link == english.link
    assert other.pictures == english.pictures


def move_first(app: AppTest) -> AppTest:
    """Move the first kept control that is on the screen, if there is one."""
    kept = app.session_state.get(KEPT, {})
    nodes = [node for node in app.main if getattr(node, "key", None) in kept]
    if nodes:
        first = nodes[0]
        others = [option for option in options(first) if option != shown(first)]
        first.set_value(others[-1])
    return app.run()


def options(control: Any) -> list[Any]:
    if hasattr(control, "options"):
        return list(control.options)
    return [False, True] if isinstance(control.value, bool) else [control.min, control.max]


def shown(control: Any) -> Any:
    """What a control stands on, as it is written among its options."""
    if not hasattr(control, "options"):
        return control.value
    return control.format_func(control.value) if control.value is not None else None


def test_words_that_go_past_the_door_are_found():
    texts = [marked("Asked for, {times} times.").format(times=f"{marked('more than')} 2"), "0.5", "relu", "x = 1e-05"]
    past = ["Not asked for", marked("{reason}, so it ends").format(reason="No room"), f"{marked('Loss')} today"]
    screen = Screen([("caption", text) for text in texts + past], [], {}, set(), {}, 0, ["Axis"])
    assert unasked(screen) == [*past, "Axis"]
    assert unasked(screen, "Axis", "today") == past[:2]


@each
def test_a_page_in_another_language_is_the_same_page(heading, in_both):
    for english, other in in_both({}, heading.path, move_first):
        same_but_for_words(english, other)


@pytest.mark.parametrize("name", NAMES)
def test_an_old_name_opens_what_it_opened(name, in_both):
    stem = NAMES[name].removeprefix("guess_")
    _, (english, other) = in_both({name: "b"}, f"pages/{stem}.py")
    assert english.values[NAMES[name]] == other.values[NAMES[name]] == "b"
    assert english.link == other.link


def alike(stem: str, name: str) -> int:
    """How many letters the name of a page and that of a control begin with together."""
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(stem, name, strict=False))])


@pytest.mark.parametrize("name", VALUES)
def test_an_old_value_opens_what_it_opened(name, in_both):
    page = LAB if name == "view" else max(headings(), key=lambda heading: alike(heading.file.stem, name)).path
    word, value = list(VALUES[name].items())[-1]
    _, (english, other) = in_both({name: word}, page)
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
