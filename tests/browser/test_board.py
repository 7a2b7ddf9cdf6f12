"""The lab's board, in a real browser: all is in sight, nothing jumps, and charts follow the hand and the keyboard."""

import re

import pytest
from hands import (
    button,
    charts,
    documents,
    drawings,
    ended,
    heading,
    message,
    number,
    open_lab,
    progress,
    saved,
    settle,
    slider,
    verdict,
)
from playwright.sync_api import Page, expect
from served import until
from visits import ENDLESS, QUICK, accessible, fits, in_themes

BOXES = """canvases => canvases.map(canvas => {
    const [inside, outside] = [canvas, canvas.closest("figure")].map(element => element.getBoundingClientRect());
    return {top: outside.top, bottom: outside.bottom, right: outside.right, width: inside.width, height: inside.height,
        fits: inside.left >= outside.left && inside.right <= outside.right && inside.bottom <= outside.bottom};
})"""
WIDTH = "canvas => canvas.getBoundingClientRect().width"  # 0 while it is laid out anew
LETTERS = """board => [...board.querySelectorAll("output, dt, dd.number, dd.sentence, figcaption strong, .see")]
    .map(words => parseFloat(getComputedStyle(words).fontSize))"""
KNOBS = ("Activation", "Weight scale", "Depth", "Learning rate", "Bias init")


def drawn(page: Page) -> int:
    """How many pictures of all charts there have been."""
    return int(page.locator(".board").get_attribute("data-drawn") or 0)


def step(page: Page) -> int:
    return int(page.locator(".board").get_attribute("data-step") or 0)


def letters(document: str) -> list[float]:
    """How large the letters of a drawing are that are to be seen; crosses are none."""
    found = re.findall(r'font-size="([\d.]+)px"[^>]*>([^<]+)<', document)
    return [float(size) for size, words in found if float(size) and words != "×"]


def trained(page: Page) -> None:
    button(page, "Start training").click()
    ended(page)


def at_rest(page: Page) -> Page:
    """Wait until no picture is on its way."""
    settle(page)
    before = -1
    while before != drawn(page):
        before = drawn(page)
        page.wait_for_timeout(300)
    return page


@pytest.mark.parametrize(
    ("width", "height", "wish", "least"),
    [(1280, 800, "", 11), (1920, 1080, "", 11), (1280, 800, "&large=True", 12), (1920, 1080, "&large=True", 16)],
    ids=str,
)
def test_everything_is_in_sight_without_scrolling(page, server, width, height, wish, least):
    page.set_viewport_size({"width": width, "height": height})
    trained(open_lab(page, server, QUICK + wish))
    boxes = charts(page).evaluate_all(BOXES)
    assert len(boxes) == 4
    assert all(box["fits"] and box["width"] > 300 and box["height"] > 200 for box in boxes)
    assert max(box["bottom"] for box in boxes) <= height
    for knob in KNOBS:
        expect(page.get_by_test_id("stSidebar").get_by_text(knob, exact=True)).to_be_in_viewport(ratio=1)
    for name in ("Start again", "Pause", "Stop training"):
        expect(button(page, name)).to_be_in_viewport(ratio=1)
    expect(slider(page, "Step")).to_be_in_viewport(ratio=1)
    expect(page.locator(".numbers > div")).to_have_count(4)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollHeight <= main.clientHeight")
    assert all(min(letters(document)) >= least for document in documents(page))
    assert min(page.locator(".board").evaluate(LETTERS)) >= least


def test_a_phone_has_one_chart_and_the_knobs_below_it(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    trained(open_lab(page, server, QUICK))
    first, second = charts(page).evaluate_all(BOXES)[:2]
    assert first["fits"]
    assert first["right"] <= 390 < second["right"]
    assert first["bottom"] < 650
    for knob in KNOBS:
        expect(page.get_by_test_id("stSidebar").get_by_text(knob, exact=True)).to_be_in_viewport(ratio=1)
    before = drawings(page)
    page.get_by_test_id("stSidebar").get_by_role("slider", name="Depth").first.press("ArrowRight")
    until(lambda: drawings(page)[0] != before[0])
    assert fits(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Claims").click()
    expect(heading(page)).to_have_text("Claims")
    page.get_by_test_id("stExpandSidebarButton").wait_for()  # the drawer is shut again


def test_nothing_ever_moves(page, server):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_lab(page, server, ENDLESS)
    tops = {}

    def look(state: str) -> None:
        box = page.locator("figure").first.bounding_box()
        tops[state] = box["y"]

    look("untrained")
    button(page, "Start training").click()
    expect(progress(page)).to_contain_text("steps/s")
    look("running")
    slider(page, "Depth").press("ArrowRight")
    expect(message(page)).to_contain_text("The settings differ")
    look("settings changed")
    button(page, "Back to the run's settings").click()
    expect(message(page)).to_have_text("")
    button(page, "Pause").click()
    expect(progress(page)).to_contain_text("paused")
    look("paused")
    button(page, "Stop training").click()
    expect(message(page)).to_contain_text("Stopped at step ")
    look("stopped")
    for view in ("Layers", "Over time", "Order and chaos"):
        page.get_by_role("radio", name=view).click()
        settle(page)
        look(view)
    page.goto(f"{server.url}/lab?learning_rate=100")
    trained(page)
    expect(verdict(page)).to_contain_text("Diverged at step ")
    look("diverged")
    page.goto(f"{server.url}/lab?depth=deep&activation=tea")
    expect(message(page)).to_contain_text("This link asks for what is not possible")
    at_rest(page)
    look("impossible link")
    message(page).get_by_label("Help").click()
    expect(message(page).locator(".panel")).to_contain_text("got 'tea'")
    assert max(tops.values()) - min(tops.values()) <= 2, tops


def test_the_charts_follow_the_hand_without_a_word_to_the_server(page, server):
    trained(open_lab(page, server, f"{QUICK}&snapshots=60"))
    at_rest(page)
    before, pictures, last = drawn(page), drawings(page), number(page, "Training loss")
    strip = slider(page, "Step").bounding_box()
    middle = strip["y"] + strip["height"] / 2
    page.mouse.move(strip["x"] + strip["width"] - 9, middle)
    page.mouse.down()
    for place in range(10):
        seen, there = step(page), strip["x"] + (strip["width"] - 18) * (9 - place) / 10
        page.mouse.move(there, middle)
        until(lambda seen=seen: step(page) < seen)
    page.mouse.move(strip["x"] + 9, middle)
    until(lambda: step(page) == 0)
    assert drawn(page) - before >= 10  # each is a picture of all charts
    assert page.get_by_test_id("stApp").get_attribute("data-test-script-state") == "notRunning"
    assert all(a != b for a, b in zip(pictures, drawings(page), strict=True))
    assert number(page, "Training loss") != last
    page.mouse.up()


def test_a_run_is_played_and_stepped_through_with_keys(page, server):
    trained(open_lab(page, server, QUICK))
    at_rest(page)
    last = step(page)
    page.locator(".charts").focus()
    page.keyboard.press("ArrowLeft")
    until(lambda: step(page) < last)
    page.keyboard.press("Home")
    until(lambda: step(page) == 0)
    page.keyboard.press(" ")
    until(lambda: step(page) == last)
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.get_by_role("button", name="Step back").click()
    until(lambda: step(page) < last)


def test_a_unit_is_chosen_by_a_click_or_by_its_number_and_followed(page, server):
    page.set_viewport_size({"width": 1280, "height": 800})
    trained(open_lab(page, server, f"{QUICK}&view=body&dataset=moons&width=3&depth=2"))
    layer, number = (page.locator(".chooser:visible").get_by_label(name) for name in ("Layer", "Unit"))
    picture = page.locator("figure[data-chart=body] canvas").bounding_box()
    axis = 38  # pixels at the bottom; four columns: the inputs, two layers, the outputs
    page.locator("figure[data-chart=body] canvas").click(
        position={"x": picture["width"] * 5 / 8, "y": (picture["height"] - axis) / 2}
    )
    expect(layer).to_have_value("2")
    expect(number).to_have_value("2")
    until(lambda: "Layer 2, unit 2: " in documents(page)[1])
    layer.select_option("1")
    number.select_option("3")
    until(lambda: "Layer 1, unit 3: " in documents(page)[1])
    accessible(page)
    at_rest(page)
    before = drawings(page)
    slider(page, "Step").press("Home")
    until(lambda: step(page) == 0)
    assert all(a != b for a, b in zip(before, drawings(page), strict=True))
    assert "Layer 1, unit 3: " in documents(page)[1]


def test_what_happened_is_marked_and_can_be_gone_to(page, server):
    open_lab(page, server, f"{QUICK}&learning_rate=100")
    trained(page)
    marks = page.locator(".moments button")
    until(lambda: marks.count() > 0)
    slider(page, "Step").press("Home")
    until(lambda: step(page) == 0)
    page.get_by_role("button", name="Diverged", exact=True).click()
    until(lambda: step(page) > 0)


def test_the_panels_of_a_chart_are_for_everybody(page, server):
    open_lab(page, server)
    for name in ("Help", "Save or enlarge"):
        opener = page.locator("figure").first.locator("summary").and_(page.get_by_label(name))
        opener.focus()
        page.keyboard.press("Enter")
        panel = page.locator("figure").first.locator("details[open] .panel")
        panel.wait_for()
        for _ in in_themes(page):
            accessible(page)
            panel.wait_for()
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)


def test_one_chart_fills_the_screen(page, server):
    page.set_viewport_size({"width": 1920, "height": 1080})
    figure = open_lab(page, server).locator("figure[data-chart=unit_map]")
    figure.get_by_label("Save or enlarge").click()
    figure.get_by_role("button", name="Full screen").click()
    until(lambda: figure.locator("canvas").evaluate(WIDTH) > 1800)
    at_rest(page)
    box = figure.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)
    page.locator("#vg-tooltip-element:popover-open").filter(has_text="layer").wait_for()
    assert page.locator("#vg-tooltip-element").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 16
    assert min(letters(saved(page, figure))) > 16
    page.evaluate("document.exitFullscreen()")
    until(lambda: figure.locator("canvas").evaluate(WIDTH) < 1000)


@pytest.mark.parametrize(("entry", "begins"), [("Save as PNG", b"\x89PNG"), ("Save as SVG", b"<svg")])
def test_a_chart_can_be_saved(page, server, entry, begins):
    open_lab(page, server)
    page.locator("figure").first.get_by_label("Save or enlarge").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name=entry).first.click()
    assert coming.value.suggested_filename.startswith("distribution.")
    assert coming.value.path().read_bytes().startswith(begins)


def test_words_from_outside_are_words(page, server, tmp_path):
    """A table's column may be called as it likes."""
    file = tmp_path / "odd.csv"
    rows = [f"{place},{place % 7},{'<b>tall</b>' if place > 40 else 'short'}" for place in range(80)]
    file.write_text("\n".join(["<img src=x onerror=alert(1)>,shoe,size", *rows]))
    page.goto(f"{server.url}/lab?dataset=upload&depth=1&width=8&steps=60")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    charts(page).first.wait_for()
    settle(page)
    assert page.locator(".board img, .board b").count() == 0
