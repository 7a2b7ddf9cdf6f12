"""Published cases of sick networks, each with its repair: python -m benchmarks.patients.cases FOLDER.

They are those of AUTOTRAINER (AT), Stack Overflow (SO), TheDeepChecker (TC) and DeepCrime (DC) that a Config can
express, as near as it can: targets that are numbers are standardised here, the output has no activation, and all layers
have one initializer. Not to be expressed are AT2, AT4, SO3, SO4, SO5 and TC4. The pictures of MNIST and the table
auto-mpg.csv lie in the folder that VITALS_DATA names.

Writes table.pkl: a list as `__main__` writes it, whose kinds are "AT1 faulty", "AT1 fixed" and so on.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.datasets import make_blobs, make_circles

from benchmarks.patients import learned
from benchmarks.patients.recorded import Case, write
from benchmarks.patients.tables import TARGET, keep_content
from core import Config, record
from core.datasets import datasets
from core.datasets.downloads import data_folder

SEEDS = (0, 1)
PICTURES = 2000  # of MNIST, with pixels from 0 to 255 in a table

SMALL = Config(
    dataset="upload",
    preprocessing="none",
    width=5,
    depth=8,
    optimizer="momentum",
    learning_rate=0.01,
    batch_size=32,
    steps=2000,
)
MNIST = Config(dataset="mnist", samples=4000, preprocessing="none", optimizer="adam", learning_rate=1e-3, steps=400)
XOR = Config(dataset="xor", noise=0.05, samples=400, batch_size=400, depth=1, width=4, activation="sigmoid")
SELU = {"activation": "selu", "initializer": "lecun_normal"}

Pair = tuple[Config, Config]  # faulty and fixed


def main() -> None:
    parser = argparse.ArgumentParser(description="Record published cases, faulty and fixed, into FOLDER/table.pkl.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)  # as the app runs
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, pair in (plain() | pictures() | cars()).items():
        for seed in SEEDS:
            found += recorded(name, *(replace(config, seed=seed) for config in pair))
        print(name, [well for _, _, _, _, well, _, _ in found[-2 * len(SEEDS) :]], flush=True)
    write(found, folder / "table.pkl")


def plain() -> dict[str, Pair]:
    """Those on points in the plane."""
    circles = replace(SMALL, table=points_table(*make_circles(1000, noise=0.1, random_state=1)))
    blobs = replace(SMALL, table=points_table(*make_blobs(1000, cluster_std=2, random_state=2)))
    sigmoids = replace(circles, activation="sigmoid", initializer="xavier_uniform")
    single = replace(blobs, depth=1, width=50, initializer="he_uniform", batch_size=1)
    rectifiers = replace(circles, depth=17, initializer="he_uniform", steps=6000)
    small = replace(blobs, initializer="uniform")
    slow = replace(XOR, loss_function="mse", initializer="xavier_uniform", learning_rate=0.05, steps=1000)
    return {
        "AT1": (sigmoids, replace(sigmoids, **SELU)),
        "AT3": (single, replace(single, optimizer="adam", batch_size=32)),
        "AT5": (rectifiers, replace(rectifiers, **SELU)),
        "AT6": (small, replace(small, **SELU)),
        "SO2": (slow, replace(slow, optimizer="adam", steps=10_000)),
    }


def points_table(points: np.ndarray, classes: np.ndarray) -> str:
    """The hash of a table of points in the plane."""
    frame = pd.DataFrame(points, columns=["x", "y"]).assign(**{TARGET: classes})
    return keep_content(frame.to_csv(index=False).encode(), TARGET)


def pictures() -> dict[str, Pair]:
    """Those on MNIST."""
    deep = replace(MNIST, depth=34, width=128, initializer="xavier_uniform", batch_size=128)
    wide = {"initializer": "normal", "weight_scale": 100.0}  # N(0, 1)
    linear = replace(MNIST, depth=1, width=30, batch_size=10, steps=2000, optimizer="sgd", **wide)
    raw = replace(MNIST, depth=2, initializer="xavier_uniform", dataset="upload", table=mnist_table(), batch_size=128)
    zero = replace(MNIST, depth=2, width=128, initializer="zeros")
    return {
        "AT7": (deep, replace(deep, **SELU, learning_rate=1e-4)),
        "SO1": (
            replace(linear, activation="identity", loss_function="mse", learning_rate=3.0),
            replace(linear, activation="sigmoid", learning_rate=0.1),
        ),
        "SO6": (replace(raw, optimizer="sgd", learning_rate=1e-4), replace(raw, preprocessing="unit_range")),
        "DC1": (zero, replace(zero, initializer="xavier_uniform")),
    }


def mnist_table() -> str:
    """The hash of the table of pictures, pixels from 0 to 255."""
    samples = datasets["mnist"]()
    frame = pd.DataFrame(samples.inputs[:PICTURES].numpy()).add_prefix("pixel ")
    content = frame.assign(**{TARGET: samples.targets[:PICTURES].numpy()}).to_csv(index=False)
    return keep_content(content.encode(), TARGET)


def cars() -> dict[str, Pair]:
    """Those on auto-mpg.csv, a regression."""
    table = keep_content((data_folder() / "auto-mpg.csv").read_bytes(), "MPG")
    fixed = Config(
        dataset="upload",
        table=table,
        preprocessing="unit_range",
        depth=2,
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=32,
        steps=800,
    )
    faults = {
        "TC1": replace(fixed, learning_rate=0.1),
        "TC2": replace(fixed, learning_rate=1e-5),
        "TC3": replace(fixed, initializer="constant", weight_scale=0.1),
    }
    return {name: (faulty, fixed) for name, faulty in faults.items()}


def recorded(name: str, faulty: Config, fixed: Config) -> Iterator[Case]:
    """A case and its repair. The cause is what the repair changes."""
    cause = frozenset(field for field in Config.fields() if getattr(faulty, field) != getattr(fixed, field))
    sick, well = record(faulty), record(fixed)
    yield f"{name} faulty", cause, faulty, fixed, learned(sick), learned(well), sick
    yield f"{name} fixed", frozenset(), fixed, fixed, learned(well), learned(well), well


if __name__ == "__main__":
    main()
