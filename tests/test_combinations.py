"""Every block with every other: two steps of training, alone and among many, finite or diverged, never an exception."""

from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from alike import assert_alike

from core import Config, record, sweep
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.losses import losses
from core.choices.normalizations import normalizations
from core.choices.optimizers import optimizers
from core.choices.preprocessing import preprocessings
from core.choices.schedules import schedules
from core.datasets import datasets
from core.sweeps.chunks import chunks, forget

pytestmark = pytest.mark.numerics

SMALL = Config(width=6, samples=60, features=5, batch_size=15, probe_size=20, steps=2, snapshots=3, learning_rate=0.001)
HERE = [name for name, entry in datasets.items() if entry.download is None and name != "upload"]
BLOCKS = {
    "activation": list(activations),
    "initializer": list(initializers),
    "optimizer": list(optimizers),
    "dataset": HERE,
    "preprocessing": list(preprocessings),
    "schedule": list(schedules),
    "normalization": list(normalizations),
    "loss_function": list(losses),
    "depth": [0, 1, 3],
    "dropout": [0.0, 0.3],
    "clip_norm": [0.0, 0.1],
    "weight_decay": [0.0, 0.1],
    "bias_init": [0.0, -0.5],
}
TRIED = 30  # candidates for each row of the table of pairs; more give a slightly shorter table


def allowed(choices: dict) -> bool:
    try:
        Config(**choices)
    except ValueError:
        return False
    return True


def pairs_of(row: dict) -> set:
    return set(combinations(row.items(), 2))


def all_pairs() -> list[Config]:
    """Configs in which every two choices that go together stand together at least once. Greedy, with a fixed seed."""
    random, names = Random(0), list(BLOCKS)
    missing = {
        ((a, x), (b, y))
        for a, b in combinations(names, 2)
        for x in BLOCKS[a]
        for y in BLOCKS[b]
        if allowed({"loss_function": "auto", a: x, b: y})
    }
    rows = []
    while missing:
        wanted = dict(min(missing, key=str))
        candidates = []
        for _ in range(TRIED):
            row = {name: wanted.get(name, random.choice(options)) for name, options in BLOCKS.items()}
            if not allowed(row):
                row["loss_function"] = wanted.get("loss_function", "auto")
            if allowed(row):
                candidates.append(row)
        best = max(candidates, key=lambda row: len(pairs_of(row) & missing))
        missing -= pairs_of(best)
        rows.append(replace(SMALL, **best))
    return rows


@pytest.fixture(scope="module")
def configs() -> list[Config]:
    return all_pairs()


def test_every_pair_is_there(configs):
    assert len(configs) >= len(BLOCKS["activation"]) * len(BLOCKS["initializer"])
    rows = [{name: getattr(config, name) for name in BLOCKS} for config in configs]
    assert {"activation": "maxout", "initializer": "lsuv"}.items() <= max(
        rows, key=lambda row: (row["activation"] == "maxout") + (row["initializer"] == "lsuv")
    ).items()
    assert any(row["dataset"] == "curve" and row["optimizer"] == "lbfgs" for row in rows)
    assert any(row["loss_function"] == "binary_cross_entropy" and row["normalization"] == "layer_norm" for row in rows)


def test_every_pair_trains_alone_and_among_many(configs):
    """The same numbers, as far as rounding lets two programs agree."""
    forget()
    together = sweep(configs)
    assert len(chunks(configs)) < len(configs)
    ends = []
    for run, config in enumerate(configs):
        alone, among = record(config), together.isel(run=run)
        ends.append(alone.end.reason)
        assert among["end"].item() == alone.end.reason, config
        if alone.end.reason == "finished":
            assert_alike(config, alone.data, among)
    assert set(ends) <= {"finished", "diverged"}
    assert ends.count("finished") > 0.9 * len(ends)


def test_histograms_count_every_entry_and_shares_are_shares(configs):
    for config in configs[::5]:
        data = record(config).data
        entries = config.width * min(config.probe_size, record(config).training_size)
        for name in ("activation_histogram", "gradient_histogram"):
            assert (data[name].sum("bin") == entries).all(), (name, config)
        for name in ("zero_fraction", "saturated_fraction", "dead_fraction", "unit_active_fraction"):
            values = data[name].values[np.isfinite(data[name].values)]
            assert ((values >= 0) & (values <= 1)).all(), (name, config)
