"""Addresses, in a real browser: deep links, the first visitor, controls and the address, the back button, bad links."""

import re

import pytest
from hands import alike, charts, drawings, heading, message, open_lab, settle, slider, stands_at
from playwright.sync_api import Page, expect
from served import until
from visits import MENU, shown

from ui.frame import has_controls, headings, lessons
from ui.sidebar import STALE_SECONDS
from ui.start.cold import WORDS

TITLES = {heading.file.stem: heading.title for heading in headings()}


@pytest.mark.parametrize("name", ["lab", "learn", lessons()[0].file.stem])
def test_a_deep_link_is_the_first_thing_a_server_ever_sees(start_server, page, name):
    """And its visitor is told what the wait is for."""
    fresh = start_server()
    page.goto(f"{fresh.url}/{name}?depth=7", wait_until="commit")
    page.get_by_text(WORDS).wait_for()
    expect(heading(page)).to_have_text(TITLES[name])
    shown(page, name).wait_for()
    if has_controls(name):
        stands_at(page, "Depth", "7")
    expect(page.get_by_text(WORDS)).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stHeader").get_by_role("link")).to_contain_text([TITLES[name] for name in MENU])
    page.goto("about:blank")  # so that nobody misses the server
    fresh.process.terminate()


def test_the_first_visitor_of_the_lab_sees_it_before_it_is_there(start_server, page):
    """What was found before stands where the lab will stand."""
    fresh = start_server()
    page.goto(f"{fresh.url}/lab", wait_until="commit")
    first = page.locator("figure").first
    first.locator("canvas").wait_for()
    expect(message(page)).to_contain_text("Found before, on ")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    before = first.bounding_box()
    slider(page, "Depth").wait_for()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    charts(page).nth(3).wait_for()
    after = page.locator("figure").first.bounding_box()
    assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=2)
    expect(message(page)).to_have_text("")
    page.goto("about:blank")
    fresh.process.terminate()


def test_a_slider_redraws_the_charts_and_writes_the_address(new_page, server):
    page = open_lab(new_page(), server)
    before, head = drawings(page), page.locator(".st-key-lab_head")
    slider(page, "Depth").press("ArrowRight")
    page.wait_for_url("**/lab?depth=6")
    until(
        lambda: len(drawings(page)) == len(before) and all(a != b for a, b in zip(before, drawings(page), strict=True))
    )
    slider(page, "Weight scale").press("ArrowRight")
    page.wait_for_url(re.compile(r"\?(?=.*depth=6)(?=.*weight_scale=1\.2)"))
    settle(page)
    expect(head).to_contain_text("6 hidden layers")
    expect(head).to_contain_text("Weight scale 1.2")
    copy = new_page()
    copy.goto(page.url)
    stands_at(copy, "Depth", "6")
    copy.get_by_text("1.2", exact=True).wait_for()
    charts(copy).first.wait_for()
    settle(copy)
    until(lambda: alike(copy, page))


def test_a_setting_that_changes_no_picture_is_in_the_address_too(page, server):
    """Each time: what the board is handed is the same from the first on."""
    open_lab(page, server)
    for key, value in {"Home": "1e-05", "End": "100.0"}.items():
        slider(page, "Learning rate").press(key)
        page.wait_for_url(f"**/lab?learning_rate={value}")
        settle(page)


def test_a_choice_brings_the_controls_that_it_asks_for(page, server):
    open_lab(page, server)
    page.get_by_role("combobox", name="Activation").click()
    page.get_by_role("option", name="leaky_relu").click()
    page.get_by_test_id("stSlider").filter(has_text="Negative slope").wait_for(state="attached")
    page.wait_for_url("**/lab?activation=leaky_relu")
    expect(page.locator(".st-key-lab_head")).to_contain_text("leaky_relu")


def test_the_back_button_takes_back_a_change(page, server):
    open_lab(page, server)
    for depth in (6, 7):
        slider(page, "Depth").press("ArrowRight")
        page.wait_for_url(f"**/lab?depth={depth}")
        settle(page)
    linger(page)
    page.go_back()
    stands_at(page, "Depth", "6")
    page.go_back()
    stands_at(page, "Depth", "5")
    settle(page)
    linger(page)
    page.go_forward()
    stands_at(page, "Depth", "6")
    assert page.url.endswith("?depth=6")


def linger(page: Page) -> None:
    """Wait until no link can be taken for one that was still on its way."""
    page.wait_for_timeout(1000 * STALE_SECONDS + 500)


def test_another_page_shows_the_same_network(page, server):
    open_lab(page, server, "depth=7&activation=tanh")
    page.get_by_role("link", name="Explore").click()
    expect(heading(page)).to_have_text("Explore")
    stands_at(page, "Depth", "7")
    page.wait_for_url(re.compile(r"/explore\?(?=.*depth=7)(?=.*activation=tanh)"))


def test_a_page_without_controls_has_no_sidebar(page, server):
    open_lab(page, server)
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.wait_for()
    page.get_by_role("link", name="Learn", exact=True).click()
    expect(heading(page)).to_have_text("Learn")
    expect(sidebar).to_have_count(0)


def test_a_bad_link_is_answered_in_words(page, server):
    open_lab(page, server, "depth=-3&seed=%5Bwin%5D(evil.example)&width=32")
    warning = message(page)
    warning.get_by_label("Help").click()
    expect(warning).to_contain_text("depth must be a whole number from 0 to 100; got '-3'")
    expect(warning).to_contain_text("seed must be a whole number from 0 to 2.14748e+09; got '[win](evil.example)'")
    assert warning.get_by_role("link").count() == 0
    stands_at(page, "Depth", "5")
    page.wait_for_url("**/lab?width=32")


def test_what_is_too_large_is_refused_in_words(page, server):
    open_lab(page, server, "depth=100&width=1024")
    message(page).get_by_label("Help").click()
    expect(message(page)).to_contain_text("must be at most 30,000,000; got 100 · 1024")
