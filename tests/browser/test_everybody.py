"""For everybody: no page shuts anyone out, in either theme, and all can be done with the keyboard."""

import pytest
from hands import button, charts, number, open_lab, progress, settle, slider
from playwright.sync_api import expect
from served import until
from visits import ENDLESS, MENU, QUICK, accessible, fits, focused, shown, tab_to

from ui.frame import lessons

# Lessons are of one form, so each is looked at in one theme, and all of them in both.
LOOKED_AT = [(name, dark) for name in MENU for dark in (False, True)]
LOOKED_AT += [(lesson.file.stem, place % 2 == 1) for place, lesson in enumerate(lessons())]


@pytest.mark.parametrize(("name", "dark"), LOOKED_AT, ids=lambda part: {False: "light", True: "dark"}.get(part, part))
def test_nobody_is_shut_out(new_page, server, name, dark):
    page = new_page(dark=dark)
    page.goto(f"{server.url}/{name}")
    shown(page, name).wait_for()
    settle(page)
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    shown(page, name).wait_for()
    until(lambda: fits(page))
    accessible(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nobody_is_shut_out_of_a_run(new_page, server, dark):
    page = open_lab(new_page(dark=dark), server, f"{QUICK}&learning_rate=100")
    page.get_by_text("Training", exact=True).click()
    button(page, "Start training").click()
    slider(page, "Step").wait_for()
    settle(page)
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_the_look_for_barriers_finds_one(page, server):
    open_lab(page, server)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=x.png width=9>')")
    with pytest.raises(AssertionError, match="image-alt"):
        accessible(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_theme_is_that_of_the_visitor(new_page, server, dark):
    page = open_lab(new_page(dark=dark), server)
    background = page.get_by_test_id("stApp").evaluate("element => getComputedStyle(element).backgroundColor")
    assert background == ("rgb(15, 20, 25)" if dark else "rgb(255, 255, 255)")
    train, lost = ("#56b4e9", "#0072b2") if dark else ("#0072b2", "#56b4e9")
    profile = charts(page).nth(1).inner_html()
    assert train in profile
    assert lost not in profile


def test_all_can_be_done_with_the_keyboard(page, server):
    open_lab(page, server, ENDLESS)
    tab_to(page, lambda: focused(page, slider(page, "Depth")))
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**depth=4**")
    tab_to(page, lambda: focused(page, button(page, "Start training")))
    page.keyboard.press("Enter")
    progress(page).wait_for()
    tab_to(page, lambda: focused(page, button(page, "Stop training")))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Stopped at step ")
    tab_to(page, lambda: focused(page, slider(page, "Step")))
    loss = number(page, "Loss")
    page.keyboard.press("Home")
    until(lambda: number(page, "Loss") != loss)
