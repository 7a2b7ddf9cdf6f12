"""What measuring costs: the default run with every measure, against a bare PyTorch loop of the same network and steps.

Both start from the same weights and see the same batches, so they must end at the same loss, which is checked.
Rounds alternate, and the figure is the median of the rounds' ratios: what else the machine does slows both.
"""

from statistics import median
from time import perf_counter

import torch
from torch import nn

from benchmarks.bare import bare_loop
from benchmarks.report import Figure, print_figures
from core import Config, train
from core.networks.data import load

ROUNDS = 15
TARGET = 1.20
SAME = 0.01  # of the loss: the two add up in another order, so they do not agree to the last bit


def main() -> None:
    torch.set_num_threads(1)  # as the app runs
    config = Config()
    measured, bare, losses = [], [], []
    for turn in range(ROUNDS + 1):  # the first one warms up
        for seconds, run in ((measured, _measured), (bare, _bare))[:: 1 if turn % 2 else -1]:
            start = perf_counter()
            losses.append(run(config))
            seconds.append(perf_counter() - start)
    assert max(losses) - min(losses) < SAME * min(losses), f"not the same work: {losses}"
    ratio = median(m / b for m, b in zip(measured[1:], bare[1:], strict=True))
    milliseconds = [1e3 * median(seconds[1:]) / config.steps for seconds in (measured, bare)]
    print_figures(
        f"The default run: {config.steps} steps, {config.snapshots} snapshots; median of {ROUNDS} rounds",
        [
            Figure("with all measures, in bare loops", f"{ratio:.2f}", f"at most {TARGET:.2f}"),
            Figure("one step with all measures", f"{milliseconds[0]:.2f} ms"),
            Figure("one bare step", f"{milliseconds[1]:.2f} ms"),
        ],
    )


def _measured(config: Config) -> float:
    *_, recording = train(config)
    return float(recording.variables["loss"].values[-1, 0])


def _bare(config: Config) -> float:
    model, go_on = bare_loop(config)
    go_on(config.steps)
    data = load(config)
    with torch.no_grad():
        return float(nn.functional.cross_entropy(model(data.probe_inputs), data.probe_targets))


if __name__ == "__main__":
    main()
