"""The page Claims: what it lists, checks, filters and opens."""

from dataclasses import replace
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
import torch
from screen import Open
from streamlit.testing.v1 import AppTest

import ui.sweeps.claims
from core.claims import Subject, Verdict, checking, checks, claims, recall, stored, stored_verdict
from core.claims.lectures import SOURCES
from core.claims.words import VERDICTS, name_of
from ui.frame import lessons

PATIENCE = 60  # seconds that checks of a few claims may take on a busy machine


@pytest.fixture
def opened(opened: Open) -> Open:
    """Opens the page at an address with these parameters."""
    return lambda **query: healthy(opened(query, "pages/claims.py"))


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].value
    assert not app.error, app.error[0].value
    return app


def settled(app: AppTest) -> AppTest:
    """The page once its checks have ended."""
    end = monotonic() + PATIENCE
    while not button(app, "Stop the checks").disabled:
        assert monotonic() < end, "the checks never ended"
        sleep(0.05)
        healthy(app.run())
    return app


def button(app: AppTest, label: str) -> Any:
    (found,) = [button for button in app.button if button.label == label]
    return found


def labels(app: AppTest) -> list[str]:
    return [expander.label for expander in app.main.expander]


def test_the_page_checks_the_quick_claims_by_itself(few, opened):
    app = settled(opened())
    assert [label.split("**")[1] for label in labels(app)] == [
        "holds",
        "holds if …",
        "does not hold",
        "not checked yet",
    ]
    assert "4 claims: 1 hold, 1 hold if …, 1 do not hold, 1 not checked yet." in said(app)
    assert not app.sidebar.slider


def said(app: AppTest) -> list[str]:
    return [caption.value for caption in app.main.caption]


def test_claims_are_filtered_and_the_link_says_so(few, opened):
    app = settled(opened())
    by_label = {box.label: box for box in app.selectbox}
    assert len(by_label["Lecture"].options) == len(SOURCES) + 1
    healthy(by_label["Verdict"].set_value(Verdict.HOLDS_IF.value).run())
    assert len(labels(app)) == 1
    assert "In a stack of sigmoids" in labels(app)[0]
    assert app.query_params["claims_verdict"] == "holds_if"
    linked = settled(opened(claims_lecture="PyTorch 09-1 ReLU", claims_subject="Code"))
    assert len(labels(linked)) == 1
    assert "torch.nn.relu" in labels(linked)[0]


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (
            {"claims_lecture": "What is ReLU?", "claims_subject": "Searching"},
            "No claim of “What is ReLU?” is about “Searching”.",
        ),
        ({"claims_verdict": "could not be checked"}, "None yet: 1 of 4 claims are not checked."),
        ({"claims_lecture": "Vanishing gradient", "claims_verdict": "holds"}, "1 claim: 0 hold."),
    ],
)
def test_where_no_claim_is_shown_the_reason_is_told(few, opened, chosen, why):
    app = settled(opened(**chosen))
    assert labels(app) == []
    assert why in said(app)


def test_before_the_checks_no_verdict_is_known(few, opened, monkeypatch):
    monkeypatch.setattr(ui.sweeps.claims, "begin", lambda place: None)
    app = opened(claims_verdict="holds")
    assert labels(app) == []
    assert "None yet: 4 of 4 claims are not checked." in said(app)


def test_a_claim_opens_to_its_evidence(few, opened):
    app = settled(opened())
    app.session_state["claim_a_quarter_a_layer"] = True
    healthy(app.run())
    words = [text.value for text in app.main.markdown]
    assert "**Predicted:** 0.225 to 0.275" in words
    assert any("Not as predicted" in text for text in words)
    assert any("Vanishing gradient" in text for text in said(app))
    assert any(torch.__version__ in text for text in said(app))
    assert len(app.main.get("vega_lite_chart")) == 1
    assert app.table[0].value["Case"].tolist() == list(map(name_of, recall("a_quarter_a_layer").finding.cases))


def test_a_claim_that_was_not_checked_says_what_to_press(few, opened):
    app = settled(opened())
    app.session_state["claim_xavier_on_mnist"] = True
    healthy(app.run())
    assert app.info[0].value == "Press “Check the long ones” to train it."


def test_all_can_be_checked_again(few, opened):
    app = settled(opened())
    before = recall("xor_alone")
    settled(healthy(button(app, "Check all again").click().run()))
    assert recall("xor_alone") is not before
    assert recall("xavier_on_mnist") is None


def test_long_claims_are_checked_when_they_are_asked_for(few, opened, no_claims_data):
    app = settled(opened())
    app = settled(healthy(button(app, "Check the long ones").click().run()))
    app.session_state["claim_xavier_on_mnist"] = True
    healthy(app.run())
    assert app.warning[0].value.startswith("It could not be checked. MNIST is not in the usual folder")
    assert labels(app)[-1].startswith(":gray[:material/block: **could not be checked**]")
    assert any("1 could not be checked" in text for text in said(app))


def test_long_claims_are_marked_and_apart(few, opened):
    app = settled(opened())
    assert [label.endswith(":gray-badge[:material/hourglass_top: long]") for label in labels(app)] == [0, 0, 0, 1]
    assert [header.value for header in app.main.header][-1] == "Long experiments"
    assert any("“Check the long ones” above starts them." in text for text in said(app))


def test_checks_that_were_stopped_go_on(few, opened, monkeypatch):
    app = settled(opened())
    monkeypatch.delitem(checks._known, "name_of_relu")
    healthy(app.run())
    before = recall("xor_alone")
    settled(healthy(button(app, "Continue").click().run()))
    assert recall("name_of_relu") is not None
    assert recall("xor_alone") is before


def test_checks_can_be_stopped_on_the_page(few, opened, monkeypatch):
    def slow(names, stop, *, again):
        yield next(checking(names, Event()))
        stop.wait(PATIENCE)
        raise InterruptedError

    monkeypatch.setattr(ui.sweeps.claims, "checking", slow)
    app = opened()
    end = monotonic() + PATIENCE
    while recall("xor_alone") is None:
        assert monotonic() < end
        sleep(0.05)
    app = settled(healthy(button(app, "Stop the checks").click().run()))
    assert [bar.proto.text for bar in app.get("progress")] == ["1 of 3 claims, stopped"]
    assert not button(app, "Continue").disabled
    monkeypatch.undo()
    settled(healthy(button(app, "Continue").click().run()))
    assert recall("name_of_relu") is not None


@pytest.fixture
def nothing_checked(monkeypatch):
    """No claim was checked in this process, and a job that is started fails the page."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("a job was started")

    monkeypatch.setattr(checks, "_known", {})
    monkeypatch.setattr("ui.jobs.jobs.Job", started)


def test_stored_verdicts_are_there_at_once_and_say_where_they_are_from(nothing_checked, opened):
    app = opened()
    told = [label.split("**")[1] for label in labels(app)]
    assert told == [VERDICTS[stored_verdict(name).finding.verdict] for name in ui.sweeps.claims.in_order()]
    origin = stored_verdict("xor_alone").made
    where = f"found on {origin.date} ({origin.processor}, {origin.libraries})."
    assert any(f"{len(claims)} verdicts were {where}" in text for text in said(app))
    assert [button.label for button in app.main.button] == ["Check all again", "Check the long ones", "Stop the checks"]
    app.session_state["claim_xavier_on_mnist"] = True
    healthy(app.run())
    assert any(f" s on {origin.date} ({origin.processor}, " in text for text in said(app))
    assert len(app.main.get("vega_lite_chart")) == 1


@pytest.fixture
def kept(few, monkeypatch, tmp_path):
    """Two of a few claims have a stored verdict, and none was checked here."""
    list(stored.store(few[:2], tmp_path / "two.json"))
    monkeypatch.setattr(stored, "FILE", tmp_path / "two.json")
    monkeypatch.setattr(checks, "_known", {})


def test_only_a_claim_without_a_stored_verdict_is_checked_unasked(kept, opened):
    app = settled(opened())
    assert [recall(name) is None for name in ("xor_alone", "a_quarter_a_layer", "name_of_relu")] == [True, True, False]
    assert any("2 verdicts were found on" in text for text in said(app))


def test_a_claim_that_has_changed_is_checked(kept, opened, monkeypatch):
    monkeypatch.setitem(claims._entries, "xor_alone", replace(claims["xor_alone"], sentence="It is another one."))
    app = settled(opened())
    assert recall("xor_alone") is not None
    assert any("1 verdict was found on" in text for text in said(app))


def test_what_is_checked_here_stands_in_place_of_what_is_stored(kept, opened):
    app = settled(healthy(button(settled(opened()), "Check all again").click().run()))
    assert not any("found on" in text for text in said(app))
    app.session_state["claim_xor_alone"] = True
    healthy(app.run())
    assert any("s here, with" in text for text in said(app))


@pytest.mark.parametrize("content", ["", "[1]", '{"xor_alone": {}}'])
def test_a_broken_file_leaves_the_claims_to_be_checked(few, opened, monkeypatch, tmp_path, content):
    (tmp_path / "broken.json").write_text(content)
    monkeypatch.setattr(stored, "FILE", tmp_path / "broken.json")
    app = settled(opened())
    assert "4 claims: 1 hold, 1 hold if …, 1 do not hold, 1 not checked yet." in said(app)


def test_the_lessons_that_are_linked_are_there():
    stems = {lesson.file.stem for lesson in lessons()}
    assert set(Subject) - stems == {Subject.CODE}  # of which there is no lesson
