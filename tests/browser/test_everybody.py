"""For everybody: no page shuts anyone out, in either theme, and all can be done with the keyboard."""

import pytest
from hands import button, charts, ended, message, number, open_lab, progress, slider
from playwright.sync_api import expect
from served import until
from visits import BACKGROUNDS, ENDLESS, MENU, QUICK, accessible, background, fits, focused, in_themes, shown, tab_to

# All colours of a canvas that are not seen through.
COLOURS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), found = new Set();
    for (let place = 0; place < data.length; place += 4) {
        const bytes = [...data.slice(place, place + 3)];
        if (data[place + 3] === 255) found.add("#" + bytes.map(byte => byte.toString(16).padStart(2, "0")).join(""));
    }
    return [...found];
}"""


@pytest.mark.parametrize("name", MENU)
def test_nobody_is_shut_out(new_page, server, name):
    """Half of the pages are visited in the dark and then lit, the others are darkened. For lessons, see test_learn."""
    first_dark = MENU.index(name) % 2 == 1
    page = new_page(dark=first_dark)
    page.goto(f"{server.url}/{name}")
    shown(page, name).wait_for()
    for _ in in_themes(page, first_dark=first_dark):
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    shown(page, name).wait_for()
    for _ in in_themes(page, first_dark=not first_dark):
        until(lambda: fits(page))
        accessible(page)


def test_nobody_is_shut_out_of_a_run(page, server):
    open_lab(page, server, f"{QUICK}&learning_rate=100")
    page.get_by_text("Training", exact=True).click()
    button(page, "Start training").click()
    ended(page)
    for _ in in_themes(page):
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
    assert background(page) == BACKGROUNDS[dark]
    train, lost = ("#56b4e9", "#0072b2") if dark else ("#0072b2", "#56b4e9")
    seen = charts(page).nth(1).evaluate(COLOURS)
    assert train in seen
    assert lost not in seen
    open_lab(page, server, "plain=True")
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
    expect(progress(page)).to_contain_text("steps/s")
    tab_to(page, lambda: focused(page, button(page, "Stop training")))
    page.keyboard.press("Enter")
    expect(message(page)).to_contain_text("Stopped at step ")
    ended(page)
    tab_to(page, lambda: focused(page, slider(page, "Step")))
    loss = number(page, "Training loss")
    page.keyboard.press("Home")
    until(lambda: number(page, "Training loss") != loss)
