"""What a visitor feels, in headless Chromium at the default Config: presses, live redraws, the start, and the memory.

Times are taken inside the browser. A press counts from the key event to the frame after the last change in the main
area, and only if the pictures of all charts have changed. A redraw is a new picture of the first chart during a run.
"""

from collections.abc import Iterable, Iterator
from statistics import median
from time import monotonic

from playwright.sync_api import Browser, Locator, Page

from benchmarks.app import (
    AT_REST,
    CHART,
    PATIENCE,
    Server,
    chromium,
    open_lab,
    server,
    train_to_the_end,
    wait_until_healthy,
)
from benchmarks.report import Figure, print_figures

STARTS, PRESSES, RUNS, SESSIONS = 3, 20, 3, 10
QUIET = 400  # milliseconds without a change: everything has been painted

# Each change in the main area counts as painted after the next frame.
OBSERVE = f"""() => {{
    const main = document.querySelector('[data-testid=stMain]');
    const picture = () => main.querySelector('{CHART} svg.marks')?.outerHTML;
    window.seen = {{pressed: 0, changed: 0, picture: picture(), redraws: []}};
    let waiting = false;
    const painted = () => {{
        waiting = false;
        seen.changed = performance.now();
        const now = picture();
        const training = main.querySelector('[data-testid=stProgress]');
        if (training && now && now !== seen.picture) {{ seen.picture = now; seen.redraws.push(seen.changed); }}
    }};
    const changed = () => {{
        if (!waiting) {{ waiting = true; requestAnimationFrame(() => setTimeout(painted)); }}
    }};
    const everything = {{subtree: true, childList: true, attributes: true, characterData: true}};
    new MutationObserver(changed).observe(main, everything);
    addEventListener('keydown', event => {{ seen.pressed = event.timeStamp; }}, true);
}}"""
PICTURES = f"() => [...document.querySelectorAll('{CHART} svg.marks')].map(svg => svg.outerHTML)"
REPAINTED = f"""([before, all]) =>
    seen.changed > seen.pressed && performance.now() - seen.changed > {QUIET} && ({AT_REST})() &&
    (!all || ({PICTURES})().every((picture, chart) => picture !== before[chart]))"""


def main() -> None:
    with chromium() as browser:
        starts = [start(browser) for _ in range(STARTS)]
        with server() as running:
            page = open_lab(browser, f"{running.url}/lab")
            presses = list(press(page, page.get_by_role("slider", name="Bias init"), ["ArrowRight"] * PRESSES))
            page.context.close()
            redraws = [redraws_per_second(browser, running, seed) for seed in range(RUNS)]
        with server() as running:
            memory = list(megabytes(browser, running))
    print_figures(
        f"The lab in headless Chromium; medians of {STARTS} starts, {PRESSES} presses, {RUNS} runs",
        [
            Figure("slider key press to all charts repainted", f"{median(presses):.0f} ms", "at most 400 ms"),
            Figure("the slowest press of all", f"{max(presses):.0f} ms"),
            Figure("redraws in a live run", f"{median(redraws):.1f} a second", "at least 5 a second"),
            Figure("process start to painted lab", f"{median(starts):.1f} s", "at most 5 s"),
            Figure("memory of the server, 1 session open", f"{memory[0]:.0f} MB"),
            Figure(f"memory of the server, {SESSIONS} sessions open", f"{memory[1]:.0f} MB"),
            Figure(f"memory of the server, {SESSIONS} sessions, one run each", f"{memory[2]:.0f} MB"),
        ],
    )


def start(browser: Browser) -> float:
    """Seconds from the start of the server's process until the lab with its charts is on the screen."""
    began = monotonic()
    with server(wait=False) as running:
        wait_until_healthy(running)
        page = open_lab(browser, f"{running.url}/lab")
        seconds = monotonic() - began
        page.context.close()
    return seconds


def press(page: Page, slider: Locator, keys: Iterable[str], *, all_charts: bool = True) -> Iterator[float]:
    """Milliseconds from each key press on a slider to the last repaint; with `all_charts`, of pictures that are new."""
    page.evaluate(OBSERVE)
    slider.focus()
    for key in keys:
        before = page.evaluate(PICTURES)
        page.keyboard.press(key)
        page.wait_for_function(REPAINTED, arg=[before, all_charts], timeout=1e3 * PATIENCE)
        yield page.evaluate("() => seen.changed - seen.pressed")


def redraws_per_second(browser: Browser, running: Server, seed: int) -> float:
    """How often the first chart of the lab shows a new picture while the default run goes on."""
    page = open_lab(browser, f"{running.url}/lab?seed={seed}")
    page.evaluate(OBSERVE)
    train_to_the_end(page)
    times = page.evaluate("() => seen.redraws")
    page.context.close()
    return 1e3 * (len(times) - 1) / (times[-1] - times[0])


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
