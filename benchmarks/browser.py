"""What a visitor feels, in headless Chromium: presses, redraws, pictures while dragging, the start, and the memory.

Times are taken inside the browser, see watch.js. A press counts from the key event to the frame after the last change
of the board, or of the floor's main area, and only if the pictures of all charts have changed. A redraw is a new
picture of the first chart during a run. Both are told in floors as well: the same of an app that shows what was found
before, see floors/floor.py; a start in those of floors/floor_of_start.py.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from statistics import median
from time import monotonic

import torch
from playwright.sync_api import Browser, Locator, Page

from benchmarks.app import (
    FLOOR,
    FLOOR_OF_START,
    PATIENCE,
    Server,
    chromium,
    open_lab,
    open_page,
    server,
    train_to_the_end,
    wait_until_healthy,
)
from benchmarks.report import Figure, print_figures
from core import Config
from core.work.live import Run

STARTS, PRESSES, RUNS, SESSIONS, SECONDS = 3, 20, 3, 10, 5
STEPS = 10_000
DEPTHS = (5, 20)
QUIET = 400  # milliseconds without a change: everything has been painted


def main() -> None:
    with chromium() as browser:
        turns = [(start(browser, "lab"), start(browser, script=FLOOR_OF_START)) for _ in range(STARTS)]
        ours, least = map(median, zip(*turns, strict=True))
        with server() as running, server(script=FLOOR) as floor:
            open_lab(browser, f"{running.url}/lab").context.close()  # the first visitor waits for PyTorch
            figures = [figure for depth in DEPTHS for figure in press_figures(browser, running, floor, depth)]
            figures += live_figures(browser, running, floor)
            dragged = [pictures_per_second(browser, running, depth) for depth in DEPTHS]
        with server() as running:
            memory = list(megabytes(browser, running))
    print_figures(
        f"The lab in headless Chromium; medians of {STARTS} starts, {PRESSES} presses, {RUNS} runs",
        [
            *figures,
            *(
                Figure(f"pictures of all charts while dragging, depth {depth}", f"{rate:.0f} a second", "at least 20")
                for depth, rate in zip(DEPTHS, dragged, strict=True)
            ),
            Figure(
                "process start to painted lab",
                f"{ours / least:.2f} floors ({ours:.1f} s, {least:.1f} s)",
                "at most 1.4 floors",
            ),
            Figure("memory of the server, 1 session open", f"{memory[0]:.0f} MB"),
            Figure(f"memory of the server, {SESSIONS} sessions open", f"{memory[1]:.0f} MB"),
            Figure(f"memory of the server, {SESSIONS} sessions, one run each", f"{memory[2]:.0f} MB"),
        ],
    )


def press_figures(browser: Browser, running: Server, floor: Server, depth: int) -> Iterator[Figure]:
    """Presses on a slider of the lab, and on that of the floor."""
    lab, least = (median_press(browser, f"{url}?depth={depth}") for url in (f"{running.url}/lab", floor.url))
    ratio = f"{lab / least:.2f} floors ({lab:.0f} ms, {least:.0f} ms)"
    yield Figure(f"slider key press to all charts repainted, depth {depth}", ratio, "at most 0.75 floors")


def median_press(browser: Browser, url: str) -> float:
    page = open_lab(browser, url)
    times = list(press(page, page.get_by_role("slider", name="Bias init"), ["ArrowRight"] * PRESSES))
    page.context.close()
    return median(times)


def live_figures(browser: Browser, running: Server, floor: Server) -> Iterator[Figure]:
    """Redraws of a run, and of the floor by its clock; and the speed of training, watched against unwatched."""
    live = median(redraws_per_second(browser, running, seed) for seed in range(RUNS))
    least = redraws_of_floor(browser, floor)
    ratio = f"{live / least:.1f} floors ({live:.1f} a second, {least:.1f} a second)"
    yield Figure("redraws in a live run", ratio, "at least 2 floors")
    pairs = [(unwatched(seed), watched(browser, running, seed)) for seed in range(RUNS)]
    alone, seen = map(median, zip(*pairs, strict=True))
    kept = f"{alone / seen:.0%} of that unwatched ({STEPS / seen:.0f} steps/s, {STEPS / alone:.0f} steps/s)"
    yield Figure(f"speed of training while it is watched, {STEPS:,} steps", kept, "at least 70 %")


def unwatched(seed: int) -> float:
    """Seconds that a run takes at which nobody looks."""
    torch.set_num_threads(1)  # as the app runs
    began = monotonic()
    Run(Config(seed=seed, steps=STEPS)).join()
    return monotonic() - began


def watched(browser: Browser, running: Server, seed: int) -> float:
    """Seconds from the press that starts the same run in the lab until its end is on the screen."""
    page = open_lab(browser, f"{running.url}/lab?seed={seed}&steps={STEPS}")
    began = monotonic()
    train_to_the_end(page)
    seconds = monotonic() - began
    page.context.close()
    return seconds


def start(browser: Browser, page_name: str = "", **which: str) -> float:
    """Seconds from the start of a server's process until a page of it with its charts is on the screen."""
    began = monotonic()
    with server(wait=False, **which) as running:
        wait_until_healthy(running)
        page = open_lab(browser, f"{running.url}/{page_name}")
        seconds = monotonic() - began
        page.context.close()
    return seconds


def press(page: Page, slider: Locator, keys: Iterable[str], *, all_charts: bool = True) -> Iterator[float]:
    """Milliseconds from each key press on a slider to the last repaint; with `all_charts`, of pictures that are new."""
    page.evaluate("() => watch.start()")
    slider.focus()
    for key in keys:
        before = page.evaluate("() => watch.pictures()")
        page.keyboard.press(key)
        page.wait_for_function("watch.repainted", arg=[before, all_charts, QUIET], timeout=1e3 * PATIENCE)
        yield page.evaluate("() => watch.seen.changed - watch.seen.pressed")


def redraws_per_second(browser: Browser, running: Server, seed: int) -> float:
    """How often the first chart of the lab shows a new picture while the default run goes on."""
    page = open_lab(browser, f"{running.url}/lab?seed={seed}")
    page.evaluate("() => watch.start()")
    train_to_the_end(page)
    return rate_of(page)


def redraws_of_floor(browser: Browser, floor: Server) -> float:
    """The same where a clock shows what is there already."""
    page = open_page(browser, f"{floor.url}?live=1")
    page.locator("svg.marks").nth(3).wait_for(timeout=1e3 * PATIENCE)
    page.evaluate("() => watch.start()")
    page.wait_for_timeout(1e3 * SECONDS)
    return rate_of(page)


def rate_of(page: Page) -> float:
    times = page.evaluate("() => watch.seen.redraws")
    page.context.close()
    return 1e3 * (len(times) - 1) / (times[-1] - times[0])


def pictures_per_second(browser: Browser, running: Server, depth: int) -> float:
    """How often all charts of a finished run are drawn while its timeline is dragged to and fro."""
    page = open_lab(browser, f"{running.url}/lab?depth={depth}")
    train_to_the_end(page)
    strip = page.get_by_role("slider", name="Step", exact=True).bounding_box()
    assert strip is not None
    left, width, middle = strip["x"] + 9, strip["width"] - 18, strip["y"] + strip["height"] / 2
    page.mouse.move(left + width, middle)
    page.mouse.down()
    before, began = page.evaluate("() => watch.drawn()"), monotonic()
    for place in count():
        page.mouse.move(left + width * abs(1 - place / 50 % 2), middle)
        if monotonic() - began > SECONDS:
            break
    seconds, drawn = monotonic() - began, page.evaluate("() => watch.drawn()") - before
    page.mouse.up()
    page.context.close()
    return float(drawn / seconds)


def megabytes(browser: Browser, running: Server) -> Iterator[float]:
    """Memory of a fresh server: with one session, with ten, and with ten that have each trained a run of their own."""
    pages = [open_lab(browser, f"{running.url}/lab")]
    yield running.megabytes()
    pages += [open_lab(browser, f"{running.url}/lab?seed={seed}") for seed in range(1, SESSIONS)]
    yield running.megabytes()
    for page in pages:
        train_to_the_end(page)
    yield running.megabytes()


if __name__ == "__main__":
    main()
