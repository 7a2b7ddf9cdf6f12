"""The lessons in a real browser: with the keyboard alone, and as quick as a slider."""

from itertools import pairwise

import pytest
from conftest import until
from hands import button, charts, drawings, settle
from playwright.sync_api import expect

from ui.frame import lessons


def test_all_lessons_are_gone_through_with_the_keyboard(page, server):
    first, *_, last = lessons()
    page.goto(f"{server.url}/{first.file.stem}")
    for lesson, following in pairwise(lessons()):
        expect(page.get_by_role("heading", name=lesson.title, exact=True)).to_be_visible()
        settle(page)
        page.get_by_role("radiogroup").get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        expect(page.get_by_test_id("stAlert")).to_contain_text("expected")
        settle(page)
        button(page, f"Next: {following.title}").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=last.title, exact=True)).to_be_visible()
    settle(page)
    button(page, "Open in the lab").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lab", exact=True)).to_be_visible()
    expect(charts(page).first).to_be_visible()


@pytest.mark.parametrize("name", [lesson.file.stem for lesson in lessons() if lesson.file.stem != "initialization"])
def test_a_slider_of_a_lesson_redraws_its_charts(page, server, name):
    page.goto(f"{server.url}/{name}")
    expect(charts(page).first).to_be_visible()
    settle(page)
    before = drawings(page)
    page.get_by_test_id("stMain").get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    until(lambda: drawings(page) != before)
    settle(page)
    moved = page.url
    assert "?" in moved
    page.goto(moved)
    expect(charts(page).first).to_be_visible()
    settle(page)
    until(lambda: drawings(page) != before)
