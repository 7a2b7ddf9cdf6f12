"""What one look costs: a snapshot of a 784-256×5-10 ReLU network, in bare training steps of it at batch 64.

A snapshot is the probe's own forward and backward pass and every measure of every layer. A training run also scores the
held-out samples each time; that is given apart, as it depends on how many there are. Rounds alternate.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch

from benchmarks.bare import bare_loop
from benchmarks.report import Figure, print_figures
from core import Config, build
from core.choices.losses import losses
from core.measuring import snapshot
from core.measuring.histograms import activation_bins, gradient_bins
from core.measuring.look import Look, measure
from core.networks.data import load

CONFIG = Config(dataset="gaussian", features=784, samples=2000, width=256, depth=5, batch_size=64, probe_size=64)
LOSS = losses["cross_entropy"]
ROUNDS = 60
SNAPSHOTS, STEPS, SCORES = 5, 20, 5  # in each round
TARGET = 2.0


def main() -> None:
    torch.set_num_threads(1)  # as the app runs
    data, network = load(CONFIG), build(CONFIG)
    _, go_on = bare_loop(CONFIG)
    updates = {weight: 0.001 * weight.detach() for weight in network.weights[:-1]}

    def seen() -> Look:
        found, _ = snapshot.look_at(network, LOSS, data.probe_inputs, data.probe_targets, updates=updates)
        return found

    (layers,) = seen().groups
    bins = {
        "activation_bins": activation_bins(network.phi, layers.ordered_activation),
        "gradient_bins": gradient_bins(),
    }

    def look() -> None:
        measure(seen(), bins)

    looks, steps, scores = [], [], []
    for turn in range(ROUNDS + 1):  # the first one warms up
        timed = [
            (looks, lambda: _repeat(look, SNAPSHOTS)),
            (steps, lambda: go_on(STEPS) or STEPS),
            (scores, lambda: _repeat(lambda: snapshot.validate(network, LOSS, data), SCORES)),
        ]
        for seconds, work in timed[:: 1 if turn % 2 else -1]:
            start = perf_counter()
            times = work()
            seconds.append((perf_counter() - start) / times)
    looks, steps, scores = looks[1:], steps[1:], scores[1:]
    print_figures(
        f"One snapshot, 784-256×5-10 ReLU, probe of 64; median of {ROUNDS} rounds",
        [
            Figure("one snapshot, in bare steps", f"{_ratio(looks, steps):.2f}", f"at most {TARGET:.1f}"),
            Figure("scoring 500 held-out samples, in bare steps", f"{_ratio(scores, steps):.2f}"),
            Figure("one snapshot", f"{1e3 * median(looks):.2f} ms"),
            Figure("one bare step", f"{1e3 * median(steps):.2f} ms"),
        ],
    )


def _repeat(work: Callable[[], object], times: int) -> int:
    for _ in range(times):
        work()
    return times


def _ratio(above: list[float], below: list[float]) -> float:
    return median(a / b for a, b in zip(above, below, strict=True))


if __name__ == "__main__":
    main()
