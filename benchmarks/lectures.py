"""The networks of the lectures, trained whole: what they reach, beside what the lectures' own notebooks print.

These take minutes, so they are figures and no tests. MNIST must be at hand (see VITALS_DATA); the pixels are between 0
and 1 in training and in the test, which is the whole official one.
"""

from dataclasses import replace

import torch

from benchmarks.report import Figure, print_figures
from core import Config, record
from core.experiments.published import NOTEBOOKS
from core.measuring.recorder import Recorder
from core.networks.ensemble import Ensemble
from core.training import passes

SOFTMAX, DEEP, XAVIER, *_ = (replace(notebook.config, snapshots=2) for notebook in NOTEBOOKS)
SMALL = replace(XAVIER, width=32, initializer="pytorch_default", batch_size=32, steps=18_750)  # 10 epochs
XOR = Config(
    dataset="xor",
    noise=0,
    samples=4000,
    batch_size=4000,
    preprocessing="none",
    loss_function="binary_cross_entropy",
    learning_rate=1.0,
)


def main() -> None:
    torch.set_num_threads(2)
    figures = [
        reached("softmax regression, weights N(0, 1)", SOFTMAX, "0.895 to 0.900; the notebook 0.8944"),
        reached("784-256-256-10 ReLU, N(0, 1)", DEEP, "0.943 to 0.949; the notebook 0.9423"),
        reached("the same, Xavier uniform", XAVIER, "0.980 to 0.982; the notebook 0.9805"),
        dead("784-32-32-10, Adam, learning rate 0.001: dead in layer 1", SMALL, "6 to 9 %"),
        dead("the same, learning rate 0.01", replace(SMALL, learning_rate=0.01), "25 to 44 %"),
        dead("the same, with batch norm", replace(SMALL, learning_rate=0.01, normalization="batch_norm"), "0 %"),
        *xor(),
    ]
    print_figures("The lectures' networks", figures)


def reached(name: str, config: Config, expected: str) -> Figure:
    """The accuracy on the 10,000 test images at the end."""
    accuracy = float(record(config).data["accuracy"].sel(split="validation")[-1])
    return Figure(f"{name}: test accuracy", f"{accuracy:.4f}", expected)


def dead(name: str, config: Config, expected: str) -> Figure:
    """The share of units of layer 1 that no training image of all 60,000 makes active, once trained."""
    ensemble = Ensemble(config)
    for _ in passes(Recorder(ensemble, ())):
        pass
    with torch.no_grad():
        (first, *_) = ensemble.network.trace(ensemble.data.inputs, batch_statistics=True).pre_activations
        share = float((first <= 0).all(0).float().mean())
    return Figure(name, f"{share:.0%}", expected)


def xor() -> list[Figure]:
    """One layer cannot, two sigmoids can."""
    alone = record(replace(XOR, depth=0, steps=1000)).data.isel(step=-1).sel(split="train")
    two = replace(XOR, depth=1, width=2, activation="sigmoid", initializer="pytorch_default", steps=10_000)
    losses = sorted(float(record(replace(two, seed=seed)).data["loss"].sel(split="train")[-1]) for seed in range(5))
    return [
        Figure(
            "XOR, one linear layer: loss, accuracy",
            f"{float(alone['loss']):.4f}, {float(alone['accuracy']):.2f}",
            "ln 2, 0.5",
        ),
        Figure(
            "XOR, 2 sigmoids, 10,000 steps at 1: loss of 5 seeds",
            ", ".join(f"{loss:.4f}" for loss in losses),
            "0.00123",
        ),
    ]


if __name__ == "__main__":
    main()
