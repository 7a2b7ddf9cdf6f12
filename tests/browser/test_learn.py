"""The lessons in a real browser, with the keyboard alone, and for everybody."""

from itertools import pairwise

from hands import button, charts, drawings, number, settle
from playwright.sync_api import Page, expect
from served import until
from visits import accessible, fits, in_themes

from ui.frame import lessons


def test_all_lessons_are_gone_through_with_the_keyboard(page, server):
    first, *_, last = lessons()
    page.goto(f"{server.url}/{first.file.stem}")
    for place, (lesson, following) in enumerate(pairwise(lessons())):
        page.get_by_role("heading", name=lesson.title, exact=True).wait_for()
        shuts_nobody_out(page, dark=place % 2 == 1)
        guess(page)
        move_a_slider(page)
        button(page, f"Next: {following.title}").focus()
        page.keyboard.press("Enter")
    page.get_by_role("heading", name=last.title, exact=True).wait_for()
    shuts_nobody_out(page, dark=len(lessons()) % 2 == 0)
    move_a_slider(page)
    button(page, "Open in the lab").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Lab", exact=True).wait_for()
    charts(page).first.wait_for()


def shuts_nobody_out(page: Page, *, dark: bool) -> None:
    """On a screen and on a phone. Lessons are of one form, so each is looked at in one theme, and all in both."""
    theme = in_themes(page, first_dark=dark)
    next(theme)
    charts(page).first.wait_for()
    page.get_by_test_id("stCode").last.scroll_into_view_if_needed()
    page.locator("[data-testid=stCode] .token").last.wait_for()  # it is coloured when it comes into sight
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        until(lambda: fits(page))
        accessible(page)


def guess(page: Page) -> None:
    page.get_by_role("radiogroup").get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stAlert")).to_contain_text("expected")
    settle(page)


def move_a_slider(page: Page) -> None:
    """Where a lesson has one, see that it redraws the charts and is in the link."""
    sliders = page.get_by_test_id("stMain").get_by_role("slider")
    if sliders.count():
        before, link = drawings(page), page.url
        sliders.first.focus()
        page.keyboard.press("ArrowRight")
        until(lambda: drawings(page) != before and page.url != link)
        settle(page)


def test_a_click_puts_the_cloud_elsewhere_and_the_link_says_where(page, server):
    page.goto(f"{server.url}/dead_relu")
    cloud = charts(page).first
    cloud.wait_for()
    settle(page)
    before = number(page, "Dead, of")
    room = cloud.bounding_box()
    cloud.click(position={"x": room["width"] * 0.3, "y": room["height"] * 0.5})
    until(lambda: number(page, "Dead, of") != before and "dead_across=-" in page.url)
    settle(page)
    after = number(page, "Dead, of")
    page.reload()
    cloud.wait_for()
    settle(page)
    assert number(page, "Dead, of") == after
