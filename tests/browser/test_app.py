"""What a visitor does, in a real browser on a real server."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import button, charts, drawings, heading, number, open_lab, progress, settle, slider
from playwright.sync_api import Locator, Page, expect
from served import until

from core import Config, record
from ui.cold import WORDS
from ui.frame import has_controls, headings, lessons
from ui.sidebar import STALE_SECONDS

MENU = [heading.file.stem for heading in headings() if not heading.is_lesson]
TITLES = {heading.file.stem: heading.title for heading in headings()}
ENDLESS = "steps=100000&batch_size=512&depth=3"  # minutes
QUICK = "steps=60&snapshots=10&samples=200"


def starts(page: Page) -> None:
    button(page, "Start training").click()
    expect(progress(page)).to_be_visible()


# --- addresses


@pytest.mark.parametrize("name", ["lab", "learn", lessons()[0].file.stem])
def test_a_deep_link_is_the_first_thing_a_server_ever_sees(start_server, page, name):
    fresh = start_server()
    page.goto(f"{fresh.url}/{name}?depth=7")
    expect(heading(page)).to_have_text(TITLES[name])
    expect(shown(page, name)).to_be_visible()
    if has_controls(name):
        expect(slider(page, "Depth")).to_have_value("7")
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stHeader").get_by_role("link")).to_contain_text([TITLES[name] for name in MENU])


def test_the_first_visitor_of_a_server_is_told_what_the_wait_is_for(start_server, page):
    page.goto(start_server().url, wait_until="commit")
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(charts(page).first).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(0)


def test_a_slider_redraws_the_charts_and_writes_the_address(new_page, server):
    page = open_lab(new_page(), server)
    before = drawings(page)
    slider(page, "Depth").press("ArrowRight")
    page.wait_for_url("**/lab?depth=6")
    until(
        lambda: len(drawings(page)) == len(before) and all(a != b for a, b in zip(before, drawings(page), strict=True))
    )
    slider(page, "Weight scale").press("ArrowRight")
    page.wait_for_url(re.compile(r"\?(?=.*depth=6)(?=.*weight_scale=1\.2)"))
    settle(page)
    copy = new_page()
    copy.goto(page.url)
    expect(slider(copy, "Depth")).to_have_value("6")
    expect(copy.get_by_text("1.2", exact=True)).to_be_visible()
    expect(charts(copy).first).to_be_visible()
    settle(copy)
    until(lambda: drawings(copy) == drawings(page))


def test_the_back_button_takes_back_a_change(page, server):
    open_lab(page, server)
    for depth in (6, 7):
        slider(page, "Depth").press("ArrowRight")
        page.wait_for_url(f"**/lab?depth={depth}")
        settle(page)
    linger(page)
    page.go_back()
    expect(slider(page, "Depth")).to_have_value("6")
    page.go_back()
    expect(slider(page, "Depth")).to_have_value("5")
    settle(page)
    linger(page)
    page.go_forward()
    expect(slider(page, "Depth")).to_have_value("6")
    assert page.url.endswith("?depth=6")


def linger(page: Page) -> None:
    """Wait until no link can be taken for one that was still on its way."""
    page.wait_for_timeout(1000 * STALE_SECONDS + 500)


def test_another_page_shows_the_same_network(page, server):
    open_lab(page, server, "depth=7&activation=tanh")
    page.get_by_role("link", name="Explore").click()
    expect(heading(page)).to_have_text("Explore")
    expect(slider(page, "Depth")).to_have_value("7")
    page.wait_for_url(re.compile(r"/explore\?(?=.*depth=7)(?=.*activation=tanh)"))


def test_a_page_without_controls_has_no_sidebar(page, server):
    open_lab(page, server)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_be_visible()
    page.get_by_role("link", name="Learn", exact=True).click()
    expect(heading(page)).to_have_text("Learn")
    expect(sidebar).to_have_count(0)


def test_a_bad_link_is_answered_in_words(page, server):
    open_lab(page, server, "depth=-3&seed=%5Bwin%5D(evil.example)&width=32")
    warning = page.get_by_test_id("stAlert")
    expect(warning).to_contain_text("depth must be a whole number from 0 to 100; got '-3'")
    expect(warning).to_contain_text("seed must be a whole number from 0 to 2.14748e+09; got '[win](evil.example)'")
    assert warning.get_by_role("link").count() == 0
    expect(slider(page, "Depth")).to_have_value("5")
    page.wait_for_url("**/lab?width=32")


def test_what_is_too_large_is_refused_in_words(page, server):
    open_lab(page, server, "depth=100&width=1024")
    expect(page.get_by_test_id("stAlert")).to_contain_text("must be at most 30,000,000; got 100 · 1024")


# --- training


def test_a_run_is_watched_stopped_and_looked_through(page, server):
    open_lab(page, server, ENDLESS)
    assert number(page, "Dead units").isdigit()
    starts(page)
    seen = {progress(page).inner_text()}
    until(lambda: seen.add(progress(page).inner_text()) or len(seen) >= 6)
    expect(progress(page)).to_contain_text("steps/s")
    expect(progress(page)).to_contain_text("s left")
    button(page, "Stop training").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("Stopped at step ")
    scrubber = slider(page, "Step")
    expect(scrubber).to_be_visible()
    settle(page)
    last, loss = drawings(page), number(page, "Loss")
    scrubber.press("Home")
    until(lambda: number(page, "Loss") != loss)
    until(lambda: all(a != b for a, b in zip(last, drawings(page), strict=True)))
    start = record(Config(steps=0, depth=3))
    assert number(page, "Loss") == f"{start.data['loss'].values[0, 0]:.2f}"
    scrubber.press("End")
    until(lambda: number(page, "Loss") == loss)


def test_charts_are_redrawn_in_place_while_a_run_goes_on(page, server):
    open_lab(page, server, f"{ENDLESS}&snapshots=500")
    starts(page)
    expect(progress(page)).to_contain_text("steps/s")
    settle(page)
    frames = page.evaluate_handle("[...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')]")
    heights = page.evaluate("frames => frames.map(frame => frame.getBoundingClientRect().height)", frames)
    seen = {drawings(page)[0]}
    until(lambda: seen.add(drawings(page)[0]) or len(seen) >= 5)
    assert page.evaluate("frames => frames.every(frame => frame.isConnected)", frames)
    assert page.evaluate("frames => frames.map(frame => frame.getBoundingClientRect().height)", frames) == heights
    button(page, "Stop training").click()
    expect(page.get_by_test_id("stAlert")).to_be_visible()


def test_pause_step_and_go_on(page, server):
    open_lab(page, server, ENDLESS)
    button(page, "Next snapshot").click()
    expect(progress(page)).to_have_text("Step 1 of 100,000, paused")
    button(page, "Next snapshot").click()
    expect(progress(page)).to_have_text("Step 2 of 100,000, paused")
    button(page, "Resume").click()
    expect(progress(page)).to_contain_text("steps/s")
    button(page, "Pause").click()
    expect(progress(page)).to_contain_text("paused")
    expect(button(page, "Resume")).to_be_visible()  # the page has caught up with the run
    settle(page)
    button(page, "Reset run").click()
    expect(progress(page)).to_have_count(0)
    expect(button(page, "Start training")).to_be_enabled()


def test_a_slider_that_moves_during_a_run_asks_first(page, server):
    open_lab(page, server, ENDLESS)
    starts(page)
    slider(page, "Depth").press("ArrowRight")
    expect(page.get_by_test_id("stAlert")).to_contain_text(
        "The settings differ from the run on the screen: depth 3 → 4."
    )
    before = progress(page).inner_text()
    until(lambda: progress(page).inner_text() != before)
    button(page, "Back to the run's settings").click()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(slider(page, "Depth")).to_have_value("3")
    button(page, "Stop training").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("Stopped at step ")


def test_a_diverged_run_is_told_and_stays_readable(page, server):
    open_lab(page, server, "learning_rate=100")
    button(page, "Start training").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("Diverged at step ")
    settle(page)
    assert number(page, "Loss") in ("NaN", "infinite")
    for view in ("Layers", "Over time", "Vital signs"):
        page.get_by_role("radio", name=view).click()
        settle(page)
        until(lambda: len(drawings(page)) >= 4 and not any("NaN" in drawing for drawing in drawings(page)))


def test_numbers_settings_and_pictures_can_be_taken_home(page, server):
    open_lab(page, server, QUICK)
    button(page, "Start training").click()  # it may be over before there is any progress to see
    expect(slider(page, "Step")).to_be_visible()
    settle(page)
    config = Config.from_query(dict(part.split("=") for part in QUICK.split("&")))
    rows = list(csv.DictReader(io.StringIO(download(page, "All numbers (CSV)").read_text("utf-8"))))
    losses = [float(row["value"]) for row in rows if row["variable"] == "loss" and row["split"] == "train"]
    assert losses == pytest.approx(record(config).data["loss"].sel(split="train").values.tolist())
    assert Config(**json.loads(download(page, "Settings (JSON)").read_text("utf-8"))) == config
    with zipfile.ZipFile(download(page, "These charts (SVG)")) as pictures:
        assert "loss.svg" in pictures.namelist()
        assert all(pictures.read(name).startswith(b"<svg") for name in pictures.namelist())


def download(page: Page, label: str) -> Path:
    with page.expect_download() as coming:
        button(page, label).click()
    return coming.value.path()


def test_a_closed_tab_leaves_no_thread_behind(new_page, server):
    page = open_lab(new_page(), server, ENDLESS)
    starts(page)
    until(server.is_training)
    page.close()
    until(lambda: not server.is_training())


# --- maps


def test_a_map_fills_in_and_a_click_opens_a_cell(page, server):
    page.goto(f"{server.url}/map?width=8&depth=1&samples=100&probe_size=32&map_seeds=1")
    button(page, "Draw the map").click()
    cells = page.locator('[data-testid="stVegaLiteChart"] svg').first.locator(".mark-rect path")
    until(lambda: cells.count() > 100)
    expect(page.get_by_text(re.compile("networks ·|networks, stopped"))).to_have_count(0)
    settle(page)
    cells.first.click()
    expect(slider(page, "Learning rate").last).to_have_attribute("aria-valuetext", "0.0001")
    button(page, "Open in the lab").click()
    expect(heading(page)).to_have_text("Lab")
    page.wait_for_url(re.compile(r"/(lab)?\?(?=.*learning_rate=0\.0001)(?=.*weight_scale=0\.1)(?=.*steps=300)"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_map_is_for_everybody(new_page, server, dark):
    """Drawn and looked into with the keyboard alone; without barriers, and on a phone's width."""
    page = new_page(dark=dark)
    page.goto(f"{server.url}/map?width=8&depth=1&samples=100&probe_size=32&map_side=4&map_seeds=1&map_steps=50")
    expect(button(page, "Draw the map")).to_be_enabled()
    tab_to(page, lambda: focused(page, button(page, "Draw the map")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One cell")).to_be_visible()
    settle(page)
    chosen = slider(page, "Learning rate").last
    before, loss = chosen.get_attribute("aria-valuetext"), number(page, "Loss")
    tab_to(page, lambda: focused(page, chosen))
    page.keyboard.press("ArrowLeft")
    until(lambda: chosen.get_attribute("aria-valuetext") != before and number(page, "Loss") != loss)
    settle(page)
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_map_is_stopped_and_gone_on_with(page, server):
    page.goto(f"{server.url}/map?dataset=gaussian&map_steps=100")
    button(page, "Draw the map").click()
    expect(page.get_by_text(re.compile(r"^[\d,]+ of 768 networks"))).to_be_visible()
    button(page, "Stop the map").click()
    expect(page.get_by_text(re.compile("networks, stopped"))).to_be_visible()
    expect(button(page, "Continue")).to_be_enabled()
    accessible(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_search_compares_all_strategies(new_page, server, dark):
    page = new_page(dark=dark)
    page.goto(f"{server.url}/search?width=8&depth=1&samples=100&probe_size=32")
    expect(shown(page, "search")).to_be_enabled()
    tab_to(page, lambda: focused(page, shown(page, "search")))
    page.keyboard.press("Enter")
    until(lambda: charts(page).count() == 9)
    settle(page)
    for name in ("Grid", "Random", "Coarse to fine"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_map_keeps_its_knobs_when_other_settings_move(page, server):
    page.goto(f"{server.url}/map?width=8&depth=1&samples=100&probe_size=32&map_y=bias_init&map_side=4&map_steps=50")
    button(page, "Draw the map").click()
    page.get_by_role("radio", name="Diverged runs").click()
    slider(page, "Depth").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"/map\?(?=.*map_y=bias_init)(?=.*map_outcome=diverged)(?=.*depth=2)"))
    expect(page.get_by_text("The settings have changed since this map was drawn.")).to_be_visible()
    button(page, "Open in the lab").click()
    expect(heading(page)).to_have_text("Lab")
    page.get_by_role("link", name="Map").first.click()
    page.wait_for_url(re.compile(r"/map\?(?=.*map_y=bias_init)(?=.*map_outcome=diverged)"))


# --- theory


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_theory_is_drawn_over_the_measurement(new_page, server, dark):
    page = open_lab(new_page(dark=dark), server, "activation=tanh&initializer=lecun_normal")
    expect(page.get_by_text("theory, at the start").first).to_be_visible()
    page.get_by_role("radio", name="Order and chaos").click()
    for title in ("Order and chaos: one bias for all units", "Order and chaos: random biases"):
        expect(page.get_by_text(title, exact=True)).to_be_visible()
    expect(page.get_by_text("gradients vanish", exact=True)).to_have_count(2)
    slider(page, "Weight scale").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**weight_scale=1.2**")
    settle(page)
    assert "view=Order" in page.url
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


# --- a table of one's own


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_table_is_uploaded_and_trained_on(new_page, server, dark, tmp_path):
    file = tmp_path / "heights.csv"
    rows = [f"{place},{place % 7},{'tall' if place > 40 else 'short'}" for place in range(80)]
    file.write_text("\n".join(["age,shoe,size", *rows]))
    page = new_page(dark=dark)
    page.goto(f"{server.url}/lab?dataset=upload&depth=1&width=8&steps=60")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("heights.csv, 80 rows, 2 features, 2 classes of 'size'.")).to_be_visible()
    expect(charts(page).first).to_be_visible()
    button(page, "Start training").click()
    expect(slider(page, "Step")).to_be_visible()
    settle(page)
    # Streamlit's own field for files has a role and a label that exclude each other; axe calls that minor.
    accessible(page, leave_out="[data-testid=stFileUploaderDropzone]")
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_file_that_is_no_table_is_refused_in_words(page, server, tmp_path):
    file = tmp_path / "photo.csv"
    file.write_bytes(bytes(range(256)) * 4)
    page.goto(f"{server.url}/lab?dataset=upload")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_test_id("stAlert")).to_contain_text("This is binary data, not a CSV file")
    expect(button(page, "Start training")).to_be_disabled()


# --- for everybody


# Lessons are of one form, so each is looked at in one theme, and all of them in both.
LOOKED_AT = [(name, dark) for name in MENU for dark in (False, True)]
LOOKED_AT += [(lesson.file.stem, place % 2 == 1) for place, lesson in enumerate(lessons())]


@pytest.mark.parametrize(("name", "dark"), LOOKED_AT, ids=lambda part: {False: "light", True: "dark"}.get(part, part))
def test_nobody_is_shut_out(new_page, server, name, dark):
    page = new_page(dark=dark)
    page.goto(f"{server.url}/{name}")
    expect(shown(page, name)).to_be_visible()
    settle(page)
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    expect(shown(page, name)).to_be_visible()
    until(lambda: fits(page))
    accessible(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nobody_is_shut_out_of_a_run(new_page, server, dark):
    page = open_lab(new_page(dark=dark), server, f"{QUICK}&learning_rate=100")
    page.get_by_text("Training", exact=True).click()
    button(page, "Start training").click()
    expect(slider(page, "Step")).to_be_visible()
    settle(page)
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def shown(page: Page, name: str) -> Locator:
    """What a page shows at first: charts, or where nothing is trained unasked the button to ask with."""
    asking = {"map": "Draw the map", "search": "Search"}
    if name in asking:
        return page.get_by_test_id("stMain").get_by_role("button", name=asking[name], exact=True)
    if name == "learn":
        return page.get_by_test_id("stMain").get_by_role("link").first
    if name == "claims":
        return page.get_by_test_id("stExpander").first
    return charts(page).first


def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side."""
    return page.evaluate(
        """[document.documentElement, document.querySelector('[data-testid=stMain]')]
           .every(element => element.scrollWidth <= element.clientWidth)"""
    )


def test_the_look_for_barriers_finds_one(page, server):
    open_lab(page, server)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=x.png width=9>')")
    with pytest.raises(AssertionError, match="image-alt"):
        accessible(page)


def accessible(page: Page, leave_out: str | None = None) -> None:
    found = Axe().run(page, context={"exclude": [[leave_out]]} if leave_out else None)
    assert found.violations_count == 0, found.generate_report()


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
    expect(progress(page)).to_be_visible()
    tab_to(page, lambda: focused(page, button(page, "Stop training")))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Stopped at step ")
    tab_to(page, lambda: focused(page, slider(page, "Step")))
    loss = number(page, "Loss")
    page.keyboard.press("Home")
    until(lambda: number(page, "Loss") != loss)


def focused(page: Page, what: Locator) -> bool:
    return what.evaluate("element => element === document.activeElement")


def tab_to(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(90):
        page.keyboard.press("Tab")
        if there():
            return
    raise AssertionError("the Tab key never gets there")
