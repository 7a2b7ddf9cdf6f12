"""The panels of the lab, in a real browser: each opens and shuts, and what can be pressed in it comes true."""

from hands import button, charts, more
from playwright.sync_api import Page, expect
from served import until
from states import offers

PANELS = """(root, name) => {
    const openers = [...root.querySelectorAll("summary")].filter(one => one.ariaLabel === name);
    return openers.map(opener => {
        opener.click();
        const isOpen = opener.parentElement.open && opener.nextElementSibling.innerText.length > 0;
        opener.click();
        return isOpen && !opener.parentElement.open;
    });
}"""
MENU = {"Save as PNG": "png", "Save as SVG": "svg"}
DOWNLOADS = {
    "All numbers (CSV)": "vitals-recording.csv",
    "Settings (JSON)": "vitals-config.json",
    "PyTorch script": "vitals.py",
    "Notebook": "vitals.ipynb",
    "These charts (SVG)": "vitals-charts.zip",
}
PLAIN = "Plain charts"
WISHES = {"Large type", "Zoom into narrow layers", PLAIN}


def panels(page: Page, name: str) -> None:
    """All of them open and shut."""
    opened = page.locator(".board").evaluate(f"root => ({PANELS})(root, {name!r})")
    assert opened
    assert all(opened)


def menu(page: Page) -> None:
    """The panel of a chart, and all that can be pressed in it."""
    panels(page, "Save or enlarge")
    figure = page.locator("figure").first
    opener, panel = figure.get_by_label("Save or enlarge"), ".board figure details[open] .panel"
    opener.click()
    offers(page, {*MENU, "Full screen"}, panel)
    for name, kind in MENU.items():
        with page.expect_download() as coming:
            figure.get_by_role("button", name=name).click()
        assert coming.value.suggested_filename == f"{figure.get_attribute('data-chart')}.{kind}"
        opener.click()
    figure.get_by_role("button", name="Full screen").click()
    until(lambda: figure.evaluate("figure => figure.matches(':fullscreen')"))
    page.evaluate("document.exitFullscreen()")
    until(lambda: not figure.evaluate("figure => figure.matches(':fullscreen')"))


def open_more(page: Page, offered: set[str]) -> None:
    """What is seldom wanted: the downloads."""
    more(page)
    offers(page, WISHES | offered, "[data-testid=stPopoverBody]")
    for name in offered:
        with page.expect_download() as coming:
            button(page, name).click()
        assert coming.value.suggested_filename == DOWNLOADS[name]


def plain_charts(page: Page) -> None:
    """In place of the board, and back, while what is seldom wanted is open."""
    for other in (".board", "[data-testid=stVegaLiteChart]"):
        page.get_by_test_id("stCheckbox").filter(has_text=PLAIN).locator("label").click()
        expect(page.locator(other)).to_have_count(0)
        until(lambda: charts(page).count() > 0)
