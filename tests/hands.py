"""What tests do on a page, and what they look for there."""

import re

from playwright.sync_api import Locator, Page
from served import Server

# Names of gradients and clips are counted by Vega, so they differ between equal drawings.
FINGERPRINTS = r"""charts => charts.map(chart => {
    const drawing = chart.innerHTML.replace(/gradient_\d+|clip\d+|url\(.*?\)/g, "");
    let print = 0;
    for (let place = 0; place < drawing.length; place++) print = (31 * print + drawing.charCodeAt(place)) | 0;
    return print;
})"""


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
    charts(page).first.wait_for()
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the script has run and what it sent is drawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def drawings(page: Page) -> list[int]:
    """A number for each chart, the same while its drawing is the same."""
    prints: list[int] = charts(page).evaluate_all(FINGERPRINTS)
    return prints


def is_broken(page: Page) -> bool:
    """Whether any chart was drawn from what is no number."""
    broken: bool = charts(page).evaluate_all("charts => charts.some(chart => chart.innerHTML.includes('NaN'))")
    return broken
