"""What tests do on a page, and what they look for there."""

import re

from playwright.sync_api import Locator, Page, expect
from served import Server


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def charts(page: Page) -> Locator:
    return page.get_by_test_id("stVegaLiteChart").locator("svg")


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(rf"^({name} ?)+$"))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def progress(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Step [\d,]+ of [\d,]+"))


def number(page: Page, name: str) -> str:
    """A headline number."""
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue").inner_text()


def open_lab(page: Page, server: Server, query: str = "") -> Page:
    page.goto(f"{server.url}/lab?{query}")
    expect(charts(page).first).to_be_visible()
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the script has run and what it sent is drawn."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def drawings(page: Page) -> list[str]:
    all_at_once = charts(page).evaluate_all("charts => charts.map(chart => chart.innerHTML)")
    return [
        re.sub(r"gradient_\d+|clip\d+|url\(.*?\)", "", drawing) for drawing in all_at_once
    ]  # names that are counted
