"""Controls and links never disagree, whatever order things happen in."""

import pytest
import streamlit as st
from screen import APP, LAB, boards, control, controls, healthy, messages, move, press
from streamlit.testing.v1 import AppTest

from ui import sidebar
from ui.show import plain


@pytest.fixture
def app():
    yield AppTest.from_file(APP, default_timeout=60).switch_page(LAB)
    st.cache_resource.clear()


def follow(app: AppTest, **query: str) -> AppTest:
    for name, value in query.items():
        app.query_params[name] = value
    return healthy(app.run())


@pytest.mark.parametrize(
    ("name", "start", "stops"),
    [
        ("depth", "80", [60, 40, 5]),
        ("steps", "0", [500, 300]),
        ("seed", "2000000000", [5]),
        ("learning_rate", "0.0123", [0.01, 1.0]),
    ],
)
def test_a_slider_that_started_outside_its_range_goes_where_it_is_moved(app, name, start, stops):
    follow(app, **{name: start})
    assert control(app, name).value == float(start)
    for stop in stops:
        move(app, name, stop)
        assert control(app, name).value == stop
        assert app.session_state["settings"][name] == stop
        assert healthy(app.run()).session_state["settings"][name] == stop


def test_a_choice_brings_the_controls_it_asks_for_at_once(app):
    healthy(app.run())
    for dataset, asked in {"gaussian": {"features"}, "moons": {"noise"}, "digits": set()}.items():
        move(app, "dataset", dataset)
        assert controls(app).keys() & {"features", "noise"} == asked


def test_settings_that_do_not_fit_together_can_still_be_replaced_by_a_link(app):
    follow(app, width="512", probe_size="1024", depth="20")
    move(app, "depth", 50)
    assert "depth · width · probe_size must be at most" in app.error[0].value
    assert app.session_state["settings"]["depth"] == 20
    for name in ("width", "probe_size"):
        del app.query_params[name]
    follow(app, depth="3")
    assert not app.error
    assert (control(app, "depth").value, control(app, "width").value) == (3, 64)


def test_a_link_that_was_just_replaced_does_not_come_back(app):
    follow(app, depth="2")
    move(app, "depth", 3)
    follow(app, depth="2")  # a request that was under way before the browser had the new link
    assert control(app, "depth").value == 3
    assert app.query_params["depth"] == "3"


def test_an_older_link_comes_back_when_the_visitor_goes_back(app, monkeypatch):
    monkeypatch.setattr(sidebar, "STALE_SECONDS", 0.0)
    follow(app, depth="2")
    move(app, "depth", 3)
    follow(app, depth="2")
    assert control(app, "depth").value == 2


def test_what_the_browser_still_says_of_controls_that_were_set_since_is_not_heard(app):
    follow(app, depth="2")
    move(app, "depth", 3)
    late = app._tree.get_widget_states()  # a redraw that was under way before the browser had the new controls
    press(app, "Reset settings")
    healthy(app._run(late))
    assert app.session_state["settings"]["depth"] == 5
    assert control(healthy(app.run()), "depth").value == 5


def test_a_control_that_is_moved_in_the_lab_draws_the_knobs_and_what_shows_the_settings(app):
    """A knob by itself, which AppTest cannot do, see tests/browser; any other control asks for it."""
    healthy(app.run())
    healthy(control(app, "width").set_value(16).run())
    assert not app.title  # AppTest shows what was drawn again, and nothing else
    assert controls(app).keys() == {"activation", "weight_scale", "depth", "learning_rate", "bias_init"}
    assert app.session_state["settings"]["width"] == 16
    (board,) = boards(app)
    assert board["numbers"]
    assert board["untold"]
    again = healthy(app.run())
    assert not boards(again)[0]["untold"]
    assert (control(again, "width").value, again.query_params["width"]) == (16, "16")
    assert "width=16" in app.sidebar.code[0].value
    assert "16 relu units" in app.main.markdown[0].value


@pytest.mark.parametrize(("name", "value"), [("dataset", "moons"), ("activation", "leaky_relu")])
def test_where_more_belongs_to_it_the_whole_page_is_drawn(app, name, value):
    healthy(app.run())
    healthy(control(app, name).set_value(value).run())
    assert app.title
    assert control(app, name).value == value


def test_reset_forgets_what_was_wrong_with_the_link(app):
    follow(app, depth="banana", width="7")
    assert "depth must be a whole number from 0 to 100" in messages(app, "warning")[0]
    press(app, "Reset settings")
    assert not messages(app, "warning")
    assert control(app, "width").value == 64


def test_text_from_a_link_is_not_taken_for_markdown(app):
    follow(app.switch_page("pages/explore.py"), activation="[here](http://example.org) ![x](y)")
    assert "\\[here\\]\\(http\\:\u2060//example.org\\) \\!\\[x\\]\\(y\\)" in app.warning[0].value
    assert plain("`a` *b* :red[c] $d$ <e>") == r"\`a\` \*b\* \:red\[c\] \$d\$ \<e\>"


def test_a_regression_brings_the_default_that_suits_it_and_says_so(app):
    move(follow(app), "dataset", "curve")
    assert app.query_params["clip_norm"] == "1.0"
    assert control(app, "clip_norm").value == 1
    words = "gradients are clipped at 1"
    assert sum(words in caption.value for caption in app.sidebar.caption) == 1
    move(app, "dataset", "moons")
    assert "clip_norm" not in app.query_params
    assert not any(words in caption.value for caption in app.sidebar.caption)
    move(app, "clip_norm", 3.0)
    move(app, "dataset", "line")
    assert app.query_params["clip_norm"] == "3.0"


def test_a_link_to_a_regression_means_what_it_says(app):
    follow(app, dataset="curve")
    assert control(app, "clip_norm").value == 0
    assert not any("clipped" in caption.value for caption in app.sidebar.caption)
