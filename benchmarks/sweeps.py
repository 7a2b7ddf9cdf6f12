"""What many networks cost: sweeps, against a bare PyTorch loop of one such network at a time, per network and step.

Rounds alternate between the two, and the figure is the median of the rounds' ratios: what else the machine does slows
both. A sweep is timed whole, its networks' first weights and its two snapshots included, and each round has a seed of
its own, as chunks that were worked off before come from a cache. Then how the time of a sweep grows with runs and
steps, which benchmarks/sweeps.svg shows, and the default Map of the app: its time, its memory, and how much of what the
machine can multiply it makes use of.
"""

import os
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
import torch

from benchmarks.bare import bare_loop
from benchmarks.report import Figure, print_figures
from core import Config, sweep
from core.networks.data import load
from core.sweeps import grid
from core.sweeps.chunks import chunk_size
from core.sweeps.grid import Grid
from core.sweeps.knobs import Knob
from core.sweeps.maps import NEEDS, map_of

CORES = os.cpu_count() or 1  # the matrix products that are the peak keep as many threads busy, as does a sweep
ROUNDS = 3
BARE_STEPS = 400  # timed in a round
CALM = (1e-4, 1e-2)  # learning rates at which nothing diverges
PLOT = Path(__file__).with_name("sweeps.svg")
PEAK_SIZE, PEAK_PRODUCTS = 1024, 10  # side of the matrices, and products in a row of each thread

RUNS, STEPS = (32, 64, 128, 256), (100, 200, 400, 800)  # how the time grows
NORMAL = Config(snapshots=2, steps=300)  # 64-64×5-10 on the digits, at batch 64


class Shape(NamedTuple):
    """Networks to be timed, how many of them at once, and how many bare networks' speed they should reach at least."""

    name: str
    config: Config
    runs: int
    target: float


SHAPES = (
    Shape("2-8×6-2, batch 10", replace(NORMAL, dataset="moons", width=8, depth=6, batch_size=10, steps=2000), 128, 50),
    Shape("64-32×10-10, batch 32", replace(NORMAL, width=32, depth=10, batch_size=32), 128, 15),
    Shape("64-64×5-10, batch 64", NORMAL, 102, 5.5),
    Shape(
        "784-256×5-10, batch 64",
        replace(NORMAL, dataset="gaussian", features=784, samples=1000, probe_size=64, width=256, steps=40),
        16,
        1,
    ),
)


class Timed(NamedTuple):
    """Seconds of a step: of each network in a sweep, and of a bare one; and how much faster that makes the sweep."""

    swept: float
    bare: float
    ratio: float


def main() -> None:
    torch.set_num_threads(1)  # as the app runs; a sweep has a thread for each core
    sweep([NORMAL])  # warms up
    seconds, megabytes = map_cost()  # first, as a process never forgets its peak of memory
    peak = best_products()
    figures = []
    for shape in SHAPES:
        timed = against_bare(shape)
        figures += figures_of(shape, timed)
        if shape.config == NORMAL:
            figures.append(share(f"{shape.name}, {shape.runs} networks", NORMAL, timed.swept, peak))
    growth = pd.concat([growth_with_runs(), growth_with_steps()])
    draw(growth)
    cells = the_map()
    print_figures(
        f"Many networks: SGD, ReLU, loss and accuracy; median of {ROUNDS} rounds",
        [
            *figures,
            Figure("matrix products at best, all cores", f"{peak / 1e9:.0f} GFLOP/s"),
            *(Figure(f"one step of one network, {row.what}", f"{row.each:.3f} ms") for row in growth.itertuples()),
            Figure(f"the default Map: {len(cells)} networks, {cells.base.steps} steps", f"{seconds:.0f} s"),
            share("the default Map", cells.base, seconds / len(cells) / cells.base.steps, peak),
            Figure("its memory, at the peak, beyond what was there before", f"{megabytes:.0f} MB"),
        ],
    )


def calm(config: Config, runs: int) -> Grid:
    """So many networks that differ in their learning rate only, none of which diverges."""
    return grid(config, learning_rate=np.geomspace(*CALM, runs).tolist())


def seconds_of(configs: Grid) -> float:
    start = perf_counter()
    sweep(configs, variables=())
    return perf_counter() - start


def against_bare(shape: Shape) -> Timed:
    """One step of one network, in a sweep and bare, in alternating rounds."""
    swept, bare = [], []
    for turn in range(ROUNDS):
        config = replace(shape.config, seed=turn)
        _, go_on = bare_loop(config)
        go_on(BARE_STEPS // 10)  # warms up
        start = perf_counter()
        go_on(BARE_STEPS)
        bare.append((perf_counter() - start) / BARE_STEPS)
        swept.append(seconds_of(calm(config, shape.runs)) / shape.runs / config.steps)
    return Timed(median(swept), median(bare), median(b / s for s, b in zip(swept, bare, strict=True)))


def figures_of(shape: Shape, timed: Timed) -> list[Figure]:
    each = f"{1e3 * timed.swept:.3f} ms, bare {1e3 * timed.bare:.3f} ms"
    return [
        Figure(
            f"{shape.name}, {shape.runs} networks: times as fast as bare loops",
            f"{timed.ratio:.1f}",
            f"at least {shape.target:g}",
        ),
        Figure("one step of one of them", each),
    ]


def share(name: str, config: Config, seconds: float, peak: float) -> Figure:
    """The part of `peak` that the matrix products of a step make up, if a step takes so many seconds."""
    return Figure(f"{name}: share of the peak of matrix products", f"{step_products(config) / seconds / peak:.0%}")


def step_products(config: Config) -> int:
    """Floating point operations of all matrix products in one step: forward, and two more for each of them backward.

    The first layer has one less, as nobody asks for the gradient of the inputs.
    """
    data = load(config)
    sizes = [data.inputs.shape[1], *[config.width] * config.depth, data.classes]
    products = [fan_in * fan_out for fan_in, fan_out in pairwise(sizes)]
    return 2 * config.batch_size * (3 * sum(products) - products[0])


def best_products() -> float:
    """The most floating point operations a second that large matrix products reach, on all cores at once."""

    def multiply(_: int) -> None:
        left, right = torch.rand(2, PEAK_SIZE, PEAK_SIZE)
        for _ in range(PEAK_PRODUCTS):
            torch.mm(left, right)

    def rate(pool: ThreadPoolExecutor) -> float:
        start = perf_counter()
        list(pool.map(multiply, range(CORES)))
        return CORES * PEAK_PRODUCTS * 2 * PEAK_SIZE**3 / (perf_counter() - start)

    with ThreadPoolExecutor(CORES) as pool:
        return max(rate(pool) for _ in range(5))


def growth_with_runs() -> pd.DataFrame:
    config = replace(NORMAL, steps=STEPS[0])
    return grown("runs", RUNS, [calm(config, runs) for runs in RUNS], f"runs of {config.steps} steps")


def growth_with_steps() -> pd.DataFrame:
    runs = CORES * chunk_size(NORMAL)  # a full chunk for each core
    return grown("steps", STEPS, [calm(replace(NORMAL, steps=steps), runs) for steps in STEPS], f"steps of {runs} runs")


def grown(along: str, counts: tuple[int, ...], sweeps: list[Grid], what: str) -> pd.DataFrame:
    """The seconds of each of these sweeps, and the milliseconds that each step of each network took."""
    seconds = [seconds_of(configs) for configs in sweeps]
    each = [1e3 * took / len(configs) / configs.base.steps for took, configs in zip(seconds, sweeps, strict=True)]
    named = [f"{count} {what}" for count in counts]
    return pd.DataFrame({"along": along, "count": counts, "seconds": seconds, "each": each, "what": named, "of": what})


def the_map() -> Grid:
    """What the page Map of the app begins with."""
    return map_of(NORMAL, Knob.usual("learning_rate"), Knob.usual("weight_scale"))


def map_cost() -> tuple[float, float]:
    """The seconds of the default Map, and the megabytes by which it raises the most that this process ever held."""
    before, start = peak_memory(), perf_counter()
    sweep(the_map(), variables=NEEDS)
    return perf_counter() - start, (peak_memory() - before) / 1e6


def peak_memory() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kilobytes on Linux


def draw(growth: pd.DataFrame) -> None:
    """The seconds of whole sweeps along runs and along steps, with the straight line that is nearest to them."""
    panels = [_panel(panel, of) for of, panel in growth.groupby("of", sort=False)]
    alt.hconcat(*panels).properties(title="64-64×5-10, batch 64: the time of a whole sweep").save(PLOT)


def _panel(panel: pd.DataFrame, of: str) -> alt.LayerChart:
    base = alt.Chart(panel).encode(
        alt.X("count:Q", title=of.capitalize(), scale=alt.Scale(zero=True)),
        alt.Y("seconds:Q", title="Seconds", scale=alt.Scale(zero=True)),
    )
    straight = base.transform_regression("count", "seconds").mark_line(color="#6b7280", strokeDash=[4, 4])
    return alt.layer(straight, base.mark_point(filled=True, size=60, color="#0072b2")).properties(width=280, height=200)


if __name__ == "__main__":
    main()
