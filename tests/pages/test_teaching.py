"""The teacher's link: what it hides is hidden on every page, and no link made by hand moves it."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest
from screen import LAB, field_of, healthy, messages, move, press
from streamlit.testing.v1 import AppTest

from ui.teaching import MOST, sealed

VANISHING = "pages/vanishing.py"


def controls(app: AppTest) -> set[str | None]:
    """The fields of the Config, and the keys of what a lesson asks, that there is a control for."""
    kinds = (app.slider, app.select_slider, app.selectbox, app.toggle)
    return {field_of(widget) or widget.key for kind in kinds for widget in kind}


def link_of(app: AppTest) -> dict[str, str]:
    """The link that the dialog offers."""
    (address,) = [code.value for code in app.code if SEALED.search(code.value)]
    return dict(parse_qsl(urlsplit(address).query))


SEALED = re.compile(r"[?&]seal=[\w-]+")


def test_the_dialog_makes_a_link_that_hides_controls_of_the_lab(opened):
    app = press(opened({"depth": "7", "width": "32"}, LAB), "Teacher's link")
    choice = app.get("button_group")[-1]
    assert "Depth" in choice.options
    choice.set_value(["Depth", "Learning rate"])
    link = link_of(press(app, "Teacher's link"))  # AppTest runs no fragments, so the dialog is opened again
    assert link["hide"] == "depth,learning_rate"
    pupil = opened(link, LAB)
    assert controls(app) - controls(pupil) == {"depth", "learning_rate"}
    assert pupil.session_state["settings"]["depth"] == 7
    assert pupil.session_state["settings"]["width"] == 32
    assert not pupil.toast


def test_a_hidden_control_is_not_moved_by_the_link(opened):
    link = sealed({"depth": "7", "width": "32"}, ["depth"])
    pupil = opened(link | {"depth": "9", "width": "16"}, LAB)
    assert pupil.session_state["settings"]["depth"] == 7
    assert pupil.session_state["settings"]["width"] == 16
    assert pupil.toast[0].value == "What this link hides cannot be changed in the address."
    assert dict(pupil.query_params) == link | {"width": "16"}
    assert "depth" not in controls(pupil)


SEAL = sealed({"depth": "7"}, ["depth"])["seal"]


@pytest.mark.parametrize("seal", [SEAL[1:], SEAL[:-1], "x" + SEAL, "0" * 8, "", "ö", "e" * 10_000])
def test_a_seal_that_was_changed_does_not_count(opened, seal):
    pupil = opened({"hide": "depth", "depth": "9", "seal": seal}, LAB)
    assert pupil.session_state["settings"]["depth"] == 5
    assert pupil.toast[0].value == (
        "This link was changed or cut off, so what it hides starts as always. Ask for the link again."
    )
    assert "depth" not in controls(pupil)


@pytest.mark.parametrize("content", [b"[]", b"7", b'{"depth":7}', b"{", b"\xff", b""])
def test_nor_does_one_that_somebody_has_made_of_something_else(opened, content):
    written = urlsafe_b64encode(content).decode().rstrip("=")
    pupil = opened({"hide": "depth", "seal": written + sha256(written.encode()).hexdigest()[:8]}, LAB)
    assert pupil.session_state["settings"]["depth"] == 5
    assert pupil.toast[0].value.startswith("This link was changed or cut off")


def test_a_link_without_a_seal_hides_what_starts_as_always(opened):
    pupil = opened({"hide": "depth", "depth": "9"}, LAB)
    assert pupil.session_state["settings"]["depth"] == 5
    assert "depth" not in controls(pupil)
    assert dict(pupil.query_params) == {"hide": "depth"}


def test_hiding_more_than_the_teacher_did_leaves_the_rest_at_its_start(opened):
    link = sealed({"depth": "7"}, ["depth"]) | {"hide": "depth,width", "width": "16"}
    pupil = opened(link, LAB)
    assert pupil.session_state["settings"]["depth"] == 7
    assert pupil.session_state["settings"]["width"] == 64


@pytest.mark.parametrize(
    ("taught", "added", "warned"),
    [
        ({"depth": "100"}, {"width": "1024", "batch_size": "4096", "probe_size": "10000"}, True),
        ({"dataset": "spiral"}, {"loss_function": "binary_cross_entropy"}, True),
        ({"dataset": "spiral"}, {"width": "0"}, True),
        ({"dataset": "spiral"}, {"width": "16"}, False),
    ],
)
def test_nor_by_others_that_do_not_go_with_it(opened, taught, added, warned):
    pupil = opened(sealed(taught, taught) | added, LAB)
    ((name, value),) = taught.items()
    assert str(pupil.session_state["settings"][name]) == value
    assert any("asks for what is not possible" in words for words in messages(pupil, "warning")) == warned
    assert dict(pupil.query_params).items() >= sealed(taught, taught).items()


def test_a_sealed_value_that_is_none_starts_as_always(opened):
    pupil = opened(sealed({"depth": "deep", "width": "16"}, ["depth"]), LAB)
    assert pupil.session_state["settings"]["depth"] == 5
    assert pupil.session_state["settings"]["width"] == 16


def test_nor_by_another_link_of_the_session(opened):
    """Such as a step back to a page as it was before its link was written."""
    pupil = opened(sealed({"depth": "7"}, ["depth"]), LAB)
    for link in ({"depth": "9", "width": "16"}, {}):
        pupil.query_params.clear()
        for name, value in link.items():
            pupil.query_params[name] = value
        healthy(pupil.run())
        assert pupil.session_state["settings"]["depth"] == 7
        assert dict(pupil.query_params).items() >= sealed({"depth": "7"}, ["depth"]).items()
    lesson = opened(sealed({"vanishing_depth": "25"}, ["vanishing_depth"]), VANISHING)
    for link in ({"vanishing_depth": "3"}, {}):
        lesson.query_params.clear()
        for name, value in link.items():
            lesson.query_params[name] = value
        healthy(lesson.run())
        assert lesson.session_state["vanishing_depth"] == 25


def test_nor_by_a_button_that_opens_another_network(opened):
    pupil = opened(sealed({"depth": "7"}, ["depth"]), VANISHING)
    press(pupil, "Open in the lab")
    assert pupil.title[0].value == "Lab"
    assert pupil.session_state["settings"]["depth"] == 7
    assert pupil.session_state["settings"]["activation"] == "sigmoid"
    assert pupil.toast[0].value.endswith("What the teacher has hidden stays as it is.")


def test_what_is_hidden_is_in_the_links_of_all_pages(opened):
    link = sealed({"vanishing_depth": "25", "depth": "7"}, ["vanishing_depth", "depth"])
    pupil = opened(link, VANISHING)
    healthy(pupil.switch_page("pages/learn.py").run())
    assert dict(pupil.query_params) == link
    again = opened(link, "pages/learn.py")
    assert healthy(again.switch_page(VANISHING).run()).session_state["vanishing_depth"] == 25
    assert healthy(again.switch_page(LAB).run()).session_state["settings"]["depth"] == 7


def test_a_link_that_hides_settings_opens_the_page_that_it_names(opened):
    assert opened(sealed({"depth": "7"}, ["depth"]), "pages/home.py").title[0].value == "Vitals"


def test_pills_are_hidden_with_what_they_choose(opened):
    link = sealed({"vanishing_shapes": "tanh,relu"}, ["vanishing_shapes"])
    assert opened(link, VANISHING).session_state["vanishing_shapes"] == ["tanh", "relu"]
    assert "Activation functions" not in [group.label for group in opened(link, VANISHING).get("button_group")]
    assert "Activation functions" in [group.label for group in opened({}, VANISHING).get("button_group")]


def test_other_controls_move_and_the_link_goes_on_hiding(opened):
    pupil = opened(sealed({"depth": "7"}, ["depth"]), LAB)
    move(pupil, "width", 100)
    link = dict(pupil.query_params)
    assert link == sealed({"depth": "7", "width": "100"}, ["depth"])
    again = opened(link, LAB)
    assert again.session_state["settings"]["depth"] == 7
    assert again.session_state["settings"]["width"] == 100


def test_there_is_no_button_for_another_link_where_one_was_opened(opened):
    for page in (LAB, VANISHING):
        assert "Teacher's link" in [button.label for button in opened({}, page).button]
        pupil = opened(sealed({"depth": "7"}, ["depth"]), page)
        assert "Teacher's link" not in [button.label for button in pupil.button]


def test_reset_leaves_what_is_hidden(opened):
    pupil = press(opened(sealed({"depth": "7", "width": "32"}, ["depth"]), LAB), "Reset settings")
    assert pupil.session_state["settings"]["depth"] == 7
    assert pupil.session_state["settings"]["width"] == 64


def test_hidden_controls_are_hidden_on_other_pages_too(opened):
    pupil = opened(sealed({"depth": "7"}, ["depth"]), LAB)
    healthy(pupil.switch_page("pages/explore.py").run())
    assert pupil.title[0].value == "Explore"
    assert "depth" not in controls(pupil)
    assert dict(pupil.query_params) == sealed({"depth": "7"}, ["depth"])


def test_a_lesson_opens_at_one_setting_without_its_control(opened):
    app = opened({"vanishing_depth": "25"}, VANISHING)
    press(app, "Teacher's link")
    choice = app.get("button_group")[-1]
    assert choice.options == ["Size of the weights, σ_w", "Depth", "Activation functions"]
    choice.set_value(["Depth"])
    link = link_of(press(app, "Teacher's link"))
    pupil = opened(link, VANISHING)
    assert controls(app) - controls(pupil) == {"vanishing_depth"}
    assert pupil.session_state["vanishing_depth"] == 25
    moved = opened(link | {"vanishing_depth": "3"}, VANISHING)
    assert moved.session_state["vanishing_depth"] == 25
    pupil.select_slider(key="vanishing_scale").set_value(4.0)
    assert dict(healthy(pupil.run()).query_params) == sealed(
        {"vanishing_depth": "25", "vanishing_scale": "4.0"}, ["vanishing_depth"]
    )


@pytest.mark.parametrize("hide", ["", ",", "no_such_control", "[x](y)", "a" * 10_000, ",".join(["depth"] * 10 * MOST)])
def test_a_link_that_hides_nonsense_does_no_harm(opened, hide):
    pupil = opened({"hide": hide, "width": "32"}, LAB)
    assert pupil.session_state["settings"]["width"] == 32
    assert ("depth" in controls(pupil)) == ("depth" not in hide)
