"""How soon a lesson answers its reader: key presses on every slider of every lesson, in headless Chromium.

A press counts from the key event to the frame after the last change on the page. Each value is a new one, so that
nothing has been remembered of it.
"""

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Locator, Page

from benchmarks.app import chromium, open_lab, server
from benchmarks.browser import press
from benchmarks.report import Figure, print_figures
from ui.frame import lessons

PRESSES = 10  # of one slider, or as many as it has stops on its longer side


def main() -> None:
    figures = []
    with chromium() as browser, server() as running:
        open_lab(browser, f"{running.url}/lab").context.close()  # the server has loaded everything
        for lesson in lessons():
            page = open_lab(browser, f"{running.url}/{lesson.file.stem}")
            for name, times in presses(page):
                figures.append(Figure(f"{lesson.title}: {name}", f"{median(times):.0f} ms", "at most 400 ms"))
            page.context.close()
    print_figures(f"Key press to the last repaint, medians of up to {PRESSES} presses of each slider", figures)


def presses(page: Page) -> Iterator[tuple[str, list[float]]]:
    """The name of each slider, and the milliseconds of each press."""
    sliders = page.get_by_test_id("stMain").get_by_role("slider")
    for place in range(sliders.count()):
        slider = sliders.nth(place)
        yield slider.get_attribute("aria-label") or "", list(press(page, slider, keys(slider), all_charts=False))


def keys(slider: Locator) -> list[str]:
    """Presses towards the farther end of a slider."""
    low, now, high, step = (
        float(slider.evaluate(f"slider => slider.{part}")) for part in ("min", "value", "max", "step")
    )
    left, right = round((now - low) / step), round((high - now) / step)
    return ["ArrowRight" if right >= left else "ArrowLeft"] * min(PRESSES, max(left, right))


if __name__ == "__main__":
    main()
