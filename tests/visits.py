"""Visits: the settings of runs that tests in a browser start, and what no page may lack."""

from collections.abc import Callable, Iterator

from axe_playwright_python.sync_playwright import Axe
from hands import charts, settle
from playwright.sync_api import Locator, Page
from served import until

from ui.frame import headings

MENU = [heading.file.stem for heading in headings() if not heading.is_lesson]

ENDLESS = "steps=100000&batch_size=512&depth=3"  # minutes
QUICK = "steps=60&snapshots=10&samples=200"


def shown(page: Page, name: str) -> Locator:
    """What a page shows at first: charts, or where nothing is trained unasked the button to ask with."""
    asking = {"search": "Search", "ward": "See the patient"}
    if name in asking:
        return page.get_by_test_id("stMain").get_by_role("button", name=asking[name], exact=True)
    if name in ("learn", "patients"):
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


BACKGROUNDS = {False: "rgb(255, 255, 255)", True: "rgb(15, 20, 25)"}  # in the light and in the dark


def background(page: Page) -> str:
    return page.get_by_test_id("stApp").evaluate("element => getComputedStyle(element).backgroundColor")


def in_themes(page: Page, *, first_dark: bool = False) -> Iterator[None]:
    """The page in one theme and then in the other: it follows the visitor's, and what is on it stays."""
    for dark in (first_dark, not first_dark):
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        until(lambda dark=dark: background(page) == BACKGROUNDS[dark])
        settle(page)
        yield


# Streamlit fades the ends of a slider in and out; on the way there they are too faint.
FADED = """Promise.allSettled(document.getAnimations()
    .filter(fading => fading.effect.getComputedTiming().iterations !== Infinity).map(fading => fading.finished))"""


def accessible(page: Page, leave_out: str | None = None) -> None:
    """Without barriers. All rules are tried; only what breaks them is written down, which is a third of the work."""
    page.evaluate(FADED)
    only = {"resultTypes": ["violations"]}
    found = Axe().run(page, context={"exclude": [[leave_out]]} if leave_out else None, options=only)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def focused(page: Page, what: Locator) -> bool:
    return what.evaluate("element => element === element.getRootNode().activeElement")


def tab_to(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(90):
        page.keyboard.press("Tab")
        if there():
            return
    raise AssertionError("the Tab key never gets there")
