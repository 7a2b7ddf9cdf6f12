"""The picture of the README, taken again: a network at the end of its training, from the scrubber to the last chart."""

from pathlib import Path

from benchmarks.app import CHART, at_rest, chromium, open_lab, server, train_to_the_end

LINK = "/?activation=relu&depth=6&learning_rate=0.1&bias_init=-0.2&steps=500"
WIDTH, HEIGHT = 1280, 1400
ABOVE, BELOW = 70, 12  # pixels that the menu covers, and that stay free below the last chart
PICTURE = Path(__file__).with_name("lab.png")

SCRUBBER = "document.querySelector('[data-testid=stMain] [data-testid=stSlider]').getBoundingClientRect()"
CARD = f"[...document.querySelectorAll('{CHART}')].at(-1).closest('[data-testid=stColumn]')"
EXTENT = f"() => {CARD}.getBoundingClientRect().bottom - {SCRUBBER}.top"
SCROLL = f"() => document.querySelector('[data-testid=stMain]').scrollBy(0, {SCRUBBER}.top - {ABOVE})"


def main() -> None:
    """Train the network of LINK in the lab and save what is on the screen at the end."""
    with server() as running, chromium() as browser:
        page = open_lab(browser, running.url + LINK, width=WIDTH, height=HEIGHT)
        train_to_the_end(page)
        page.set_viewport_size({"width": WIDTH, "height": round(page.evaluate(EXTENT)) + ABOVE + BELOW})
        page.evaluate(SCROLL)
        page.mouse.move(0, 0)
        at_rest(page)
        page.wait_for_timeout(500)  # the scroll bar fades
        page.screenshot(path=PICTURE)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
