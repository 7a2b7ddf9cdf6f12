"""What tests do on a page, and what they look for there."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page
from served import Server, until

SLIGHT, FEW = 16, 1 / 2000  # of 255, and of all pixels: another depth differs in a hundred times as many

# A chart of the board is a canvas, another an SVG document. There names of gradients and clips are counted by Vega, so
# that equal drawings differ.
FINGERPRINTS = r"""charts => charts.map(chart => {
    const drawing = chart.toDataURL?.() ?? chart.innerHTML.replace(/gradient_\d+|clip\d+|url\(.*?\)/g, "");
    let print = 0;
    for (let place = 0; place < drawing.length; place++) print = (31 * print + drawing.charCodeAt(place)) | 0;
    return print;
})"""


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def charts(page: Page) -> Locator:
    return page.locator("[data-testid=stVegaLiteChart] svg, .board figure canvas")


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(rf"^({name} ?)+$"))


def stands_at(page: Page, name: str, value: str) -> None:
    """See that a slider has this value. Settings set from outside make a new one, beside the old for a moment."""
    until(lambda: slider(page, name).evaluate_all("all => all.map(one => one.value)") == [value])


def button(page: Page, name: str) -> Locator:
    """A button of Streamlit's or of a message."""
    return page.locator("button:not(.icon)").and_(page.get_by_role("button", name=name))


def progress(page: Page) -> Locator:
    """What the strip of the board says of the run, or of the step that is looked at."""
    return page.locator(".board output")


def message(page: Page) -> Locator:
    """The one message of the board."""
    return page.locator(".board .message")


def verdict(page: Page) -> Locator:
    """How the network is, on the board."""
    return page.locator(".board .verdict")


def ended(page: Page) -> None:
    """Wait until a run has ended and can be looked through."""
    button(page, "Start again").wait_for()
    settle(page)
    page.locator(".board input[type=range]:enabled").wait_for()


def more(page: Page) -> None:
    """Open the panel of what is seldom wanted."""
    page.get_by_test_id("stMain").get_by_role("button", name="More", exact=True).click()


def number(page: Page, name: str) -> str:
    """A headline number."""
    native = page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue")
    return native.or_(page.locator(f".numbers > div:has(dt:text-is('{name}')) .number")).inner_text()


def open_lab(page: Page, server: Server, query: str = "") -> Page:
    page.goto(f"{server.url}/lab?{query}")
    charts(page).first.wait_for()
    settle(page)
    figures = page.locator(".board figure")
    until(lambda: figures.count() == figures.locator("canvas").count())
    return page


def settle(page: Page) -> None:
    """Wait until the script has run and what it sent is drawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def drawings(page: Page) -> list[int]:
    """A number for each chart, the same while its drawing is the same."""
    prints: list[int] = charts(page).evaluate_all(FINGERPRINTS)
    return prints


def alike(one: Page, other: Page) -> bool:
    """Whether two pages show the same charts on their boards, but for a few pixels at the rims of lines."""
    pairs = zip(_pixels(one), _pixels(other), strict=True)
    return all(a.shape == b.shape and (np.abs(a - b) > SLIGHT).mean() < FEW for a, b in pairs)


def _pixels(page: Page) -> list[np.ndarray]:
    addresses = charts(page).evaluate_all("charts => charts.map(chart => chart.toDataURL())")
    pictures = [Image.open(BytesIO(b64decode(address.split(",")[1]))) for address in addresses]
    return [np.asarray(picture.convert("RGBa"), dtype=int) for picture in pictures]


def documents(page: Page) -> list[str]:
    """The charts of a board as SVG documents, which can be read: a canvas cannot."""
    return [saved(page, figure) for figure in page.locator("figure").all()]


def saved(page: Page, figure: Locator) -> str:
    """A chart of a board as an SVG document."""
    figure.get_by_label("Save or enlarge").click()
    with page.expect_download() as coming:
        figure.get_by_role("button", name="Save as SVG").click()
    return coming.value.path().read_text("utf-8")


def is_broken(page: Page) -> bool:
    """Whether any of Streamlit's charts was drawn from what is no number."""
    broken: bool = charts(page).evaluate_all("charts => charts.some(chart => chart.innerHTML.includes('NaN'))")
    return broken
