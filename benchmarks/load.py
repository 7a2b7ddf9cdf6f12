"""Load: many visitors at once, without browsers: what the server does for those who train, and for one who does not.

`python -m benchmarks.load` takes some minutes; `python -m benchmarks.load 10` tries ten visitors instead of fifty.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from benchmarks.app import Server as App
from benchmarks.report import Figure, print_figures
from tests.load.visitor import Visitor
from tests.served import Server, start

VISITORS, STEPS = 50, 500
PATIENCE = 900.0  # seconds
MOVES = 20  # of a slider, by somebody while nothing else goes on
DEPTHS = (3, 4, 6, 7, 8, 9, 10, 12)
LOOK_SECONDS = 0.1
ENDLESS = "steps=100000"


@contextmanager
def server() -> Iterator[Server]:
    """A server for as long as the block runs."""
    with TemporaryDirectory() as folder:
        running = start(Path(folder))
        try:
            yield running
        finally:
            running.process.kill()
            running.process.wait()


def megabytes(running: Server) -> float:
    """The memory that its process holds now (resident)."""
    return App(running.url, running.process).megabytes()


def seconds_to_move(visitor: Visitor, depth: int) -> float:
    """From the move of a slider to the page that shows it."""
    began = monotonic()
    visitor.turn("Depth", depth)
    return monotonic() - began


def has_ended(visitor: Visitor) -> bool:
    """Whether a visitor sees that the run has ended."""
    return bool(visitor.buttons().get("Start again"))


def crowd(visitors: int) -> list[Figure]:
    """So many visitors press Start training one after another, while one more moves a slider."""
    with server() as running, ExitStack() as open_tabs:
        depths = cycle(DEPTHS)
        other = open_tabs.enter_context(Visitor(running.url, "lab"))
        before = [seconds_to_move(other, next(depths)) for _ in range(MOVES)]
        tabs = [
            open_tabs.enter_context(Visitor(running.url, "lab", f"steps={STEPS}&seed={seed}"))
            for seed in range(visitors)
        ]
        began, ends, moves = monotonic(), dict[int, float](), list[float]()
        for tab in tabs:
            tab.press("Start training", wait=False)
        while len(ends) < visitors and monotonic() - began < PATIENCE:
            moves.append(seconds_to_move(other, next(depths)))
            ends |= {seed: monotonic() - began for seed, tab in enumerate(tabs) if seed not in ends and has_ended(tab)}
            sleep(LOOK_SECONDS)
        after = [seconds_to_move(other, next(depths)) for _ in range(MOVES)]
        held = megabytes(running)
    quiet, busy = median(before + after), median(moves)
    late = [abs(place - seed) for place, seed in enumerate(sorted(ends, key=ends.__getitem__))]
    return [
        Figure(f"{visitors} visitors train {STEPS} steps each: finished", f"{len(ends)}", "all"),
        Figure("until the last has seen its end", f"{max(ends.values(), default=PATIENCE):.0f} s"),
        Figure(
            "places by which one sees its end earlier or later than it came: median, most",
            f"{median(late):.0f}, {max(late)}",
        ),
        Figure(
            "a slider of one more visitor meanwhile, in its quiet time: median",
            f"{busy / quiet:.1f} ({1000 * busy:.0f} ms, quiet {1000 * quiet:.0f} ms)",
            "at most 3",
        ),
        Figure("the slowest of its answers", f"{1000 * max(moves):.0f} ms of {len(moves)}"),
        Figure("memory of the server after them", f"{held:.0f} MB"),
    ]


def turns() -> list[Figure]:
    """Somebody with a short run comes after two with 100,000 steps each, and one with a small map after a large one."""
    with server() as running, ExitStack() as open_tabs:
        first, second = (open_tabs.enter_context(Visitor(running.url, "lab", f"{ENDLESS}&seed={n}")) for n in range(2))
        third = open_tabs.enter_context(Visitor(running.url, "lab", f"steps={STEPS}&seed=3"))
        for tab in (first, second):
            tab.press("Start training")
        run = seconds_until(third, "Start training", lambda: has_ended(third))
        for tab in (first, second):
            tab.press("Stop training")
        large = open_tabs.enter_context(Visitor(running.url, "map", "depth=50&width=512&map_side=24&map_seeds=5"))
        small = open_tabs.enter_context(
            Visitor(running.url, "map", "depth=1&width=8&map_side=4&map_seeds=1&map_steps=50")
        )
        large.press("Draw the map")
        job = seconds_until(small, "Draw the map", lambda: small.buttons().get("Draw the map"))
    return [
        Figure(f"a run of {STEPS} steps behind two of 100,000", f"{run:.1f} s"),
        Figure("a map of 16 small networks behind one of 2,880 at depth 50, width 512", f"{job:.1f} s"),
    ]


def seconds_until(visitor: Visitor, pressed: str, done: Callable[[], object]) -> float:
    """From a press to what it is to lead to."""
    began = monotonic()
    visitor.press(pressed)
    visitor.until(done, PATIENCE)
    return monotonic() - began


def ends() -> list[Figure]:
    """A server that is told to end while three runs and a map are at work."""
    took, codes = [], set[int]()
    for number in (signal.SIGTERM, signal.SIGINT) * 2:
        with server() as running:
            tabs = [Visitor(running.url, "lab", f"{ENDLESS}&seed={seed}&depth=20&width=256") for seed in range(3)]
            for tab in tabs:
                tab.connect()
                tab.press("Start training")
            drawing = Visitor(running.url, "map", "depth=20&width=256&seed=7")
            drawing.connect()
            drawing.press("Draw the map")
            began = monotonic()
            running.process.send_signal(number)
            codes.add(running.process.wait(PATIENCE))
            took.append(monotonic() - began)
            for tab in (*tabs, drawing):
                tab.drop()
    return [
        Figure(
            "from SIGTERM or SIGINT to the end, in the middle of runs and a map: the longest of 4",
            f"{max(took):.1f} s",
            "at most 2 s",
        ),
        Figure("exit codes", ", ".join(map(str, codes)), "0"),
    ]


if __name__ == "__main__":
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else VISITORS
    print_figures("Many visitors at once", [*crowd(visitors), *turns(), *ends()])
