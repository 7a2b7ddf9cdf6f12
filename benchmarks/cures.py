"""How long the cures take at the lab's size: seconds, and seconds of processors, of what is sick in as many ways.

The samples are loaded before, and nothing is remembered from one to the next, so each is what a first press of "Try the
cures" costs.
"""

from dataclasses import replace
from time import monotonic, process_time

import torch

from benchmarks.report import Figure, print_figures
from core import Config, prescribe, record
from core.sweeps.chunks import forget

LAB = Config()
SICK = (
    replace(LAB, bias_init=-2.0),
    replace(LAB, learning_rate=100.0),
    replace(LAB, activation="sigmoid", depth=10),
    replace(LAB, activation="tanh", weight_scale=5.0),
    replace(LAB, optimizer="adam", learning_rate=0.5),
    replace(LAB, weight_decay=10.0),
)


def main() -> None:
    torch.set_num_threads(1)  # as the app runs
    print_figures("The cures", [figure(config) for config in SICK])


def figure(config: Config) -> Figure:
    """What the cures of a Config cost, and what the best of them is."""
    recording = record(config)
    forget()
    began, worked = monotonic(), process_time()
    best = prescribe(recording)[0]
    passed, spent = monotonic() - began, process_time() - worked
    name = ", ".join(f"{name}={value}" for name, value in config.to_query().items())
    return Figure(f"{name}: the best changes {', '.join(best.changes)}", f"{passed:.1f} s, {spent:.1f} s of processors")


if __name__ == "__main__":
    main()
