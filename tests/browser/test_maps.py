"""Maps and searches, in a real browser."""

import re

from hands import button, charts, heading, number, settle, slider
from playwright.sync_api import expect
from served import until
from visits import accessible, fits, focused, in_themes, shown, tab_to


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


def test_a_map_is_for_everybody(page, server):
    """Drawn and looked into with the keyboard alone; without barriers, and on a phone's width."""
    page.goto(f"{server.url}/map?width=8&depth=1&samples=100&probe_size=32&map_side=4&map_seeds=1&map_steps=50")
    expect(button(page, "Draw the map")).to_be_enabled()
    tab_to(page, lambda: focused(page, button(page, "Draw the map")))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One cell").wait_for()
    settle(page)
    chosen = slider(page, "Learning rate").last
    before, loss = chosen.get_attribute("aria-valuetext"), number(page, "Training loss")
    tab_to(page, lambda: focused(page, chosen))
    page.keyboard.press("ArrowLeft")
    until(lambda: chosen.get_attribute("aria-valuetext") != before and number(page, "Training loss") != loss)
    settle(page)
    for _ in in_themes(page):
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_map_is_stopped_and_gone_on_with(page, server):
    page.goto(f"{server.url}/map?dataset=gaussian&map_steps=100")
    button(page, "Draw the map").click()
    page.get_by_text(re.compile(r"^[\d,]+ of 768 networks")).wait_for()
    button(page, "Stop the map").click()
    page.get_by_text(re.compile("networks, stopped")).wait_for()
    expect(button(page, "Continue")).to_be_enabled()
    accessible(page)


def test_a_search_compares_all_strategies(page, server):
    page.goto(f"{server.url}/search?width=8&depth=1&samples=100&probe_size=32")
    expect(shown(page, "search")).to_be_enabled()
    tab_to(page, lambda: focused(page, shown(page, "search")))
    page.keyboard.press("Enter")
    until(lambda: charts(page).count() == 9)
    settle(page)
    for name in ("Grid", "Random", "Coarse to fine"):
        page.get_by_role("heading", name=name).wait_for()
    for _ in in_themes(page):
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_map_keeps_its_knobs_when_other_settings_move(page, server):
    page.goto(f"{server.url}/map?width=8&depth=1&samples=100&probe_size=32&map_y=bias_init&map_side=4&map_steps=50")
    button(page, "Draw the map").click()
    page.get_by_role("heading", name="One cell").wait_for()
    expect(page.get_by_text(re.compile("networks ·|networks, stopped"))).to_have_count(0)
    settle(page)
    page.get_by_role("radio", name="Diverged runs").click()
    page.wait_for_url(re.compile(r"\bmap_outcome=diverged\b"))
    settle(page)
    slider(page, "Depth").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"/map\?(?=.*map_y=bias_init)(?=.*map_outcome=diverged)(?=.*depth=2)"))
    page.get_by_text("The settings have changed since this map was drawn.").wait_for()
    button(page, "Open in the lab").click()
    expect(heading(page)).to_have_text("Lab")
    page.get_by_role("link", name="Map").first.click()
    page.wait_for_url(re.compile(r"/map\?(?=.*map_y=bias_init)(?=.*map_outcome=diverged)"))


def test_the_first_map_is_there_at_once_and_a_click_opens_a_cell(page, server):
    """Nothing is trained before that; without barriers, and on a phone's width."""
    page.goto(f"{server.url}/map")
    cells = page.locator('[data-testid="stVegaLiteChart"] svg').first.locator(".mark-rect path")
    until(lambda: cells.count() > 256)
    page.get_by_text("768 networks, trained on").wait_for()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    expect(charts(page)).to_have_count(1)
    for _ in in_themes(page):
        accessible(page)
    cells.first.click()
    expect(slider(page, "Learning rate").last).to_have_attribute("aria-valuetext", "0.0001")
    until(lambda: charts(page).count() > 1)
    settle(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))
