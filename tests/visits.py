"""Visits: the settings of runs that tests in a browser start, and what no page may lack."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from hands import charts
from playwright.sync_api import Locator, Page

from ui.frame import headings

MENU = [heading.file.stem for heading in headings() if not heading.is_lesson]

ENDLESS = "steps=100000&batch_size=512&depth=3"  # minutes
QUICK = "steps=60&snapshots=10&samples=200"


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


def accessible(page: Page, leave_out: str | None = None) -> None:
    found = Axe().run(page, context={"exclude": [[leave_out]]} if leave_out else None)
    assert found.violations_count == 0, found.generate_report()


def focused(page: Page, what: Locator) -> bool:
    return what.evaluate("element => element === document.activeElement")


def tab_to(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(90):
        page.keyboard.press("Tab")
        if there():
            return
    raise AssertionError("the Tab key never gets there")
