"""The picture of the README, taken again: the lab on a small screen, with a network at the end of its training."""

from pathlib import Path

from benchmarks.app import at_rest, chromium, open_lab, server, train_to_the_end

LINK = "/?activation=relu&depth=6&learning_rate=0.1&bias_init=-0.2&steps=500"
WIDTH, HEIGHT = 1280, 800
PICTURE = Path(__file__).with_name("lab.png")


def main() -> None:
    """Train the network of LINK in the lab and save what is on the screen at the end."""
    with server() as running, chromium() as browser:
        page = open_lab(browser, running.url + LINK, width=WIDTH, height=HEIGHT)
        train_to_the_end(page)
        page.mouse.move(0, 0)
        at_rest(page)
        page.screenshot(path=PICTURE)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
