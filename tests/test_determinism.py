"""Equal Configs give equal Recordings, bit for bit."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch

from core import Config, DataUnavailable, Recording, train
from core.choices.optimizers import optimizers
from core.datasets import datasets

EVERYTHING_RANDOM = {
    "normalization": "batch_norm",
    "activation": "rrelu",
    "dropout": 0.3,
    "depth": 3,
    "schedule": "warm_up_cosine",
    "clip_norm": 1.0,
    "samples": 200,
    "steps": 30,
    "snapshots": 6,
}


def run(config: Config) -> Recording:
    """A complete Recording that no cache has seen."""
    *_, last = train(config)
    return last


def content(recording: Recording) -> str:
    """A fingerprint of all bytes of a recording."""
    arrays = {name: variable.values for name, variable in recording.data.variables.items()}
    if recording.plane:
        arrays |= {f"plane {name}": array for name, array in vars(recording.plane).items()}
    if recording.body:
        arrays |= {"body": recording.body.state}
    digest = sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def assert_the_same(first: Recording, second: Recording) -> None:
    assert first.data.identical(second.data)
    assert first.end == second.end
    assert content(first) == content(second)


@pytest.mark.parametrize("dataset", datasets)
def test_twice_and_in_two_threads_at_once(dataset, local_data):
    config = Config(dataset=dataset, **EVERYTHING_RANDOM)
    try:
        first = run(config)
    except DataUnavailable as missing:
        pytest.skip(str(missing))
    assert_the_same(first, run(config))
    with ThreadPoolExecutor(2) as pool:
        for recording in pool.map(run, [config, config]):
            assert_the_same(first, recording)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("optimizer", optimizers)
def test_every_optimizer_of_a_large_network(optimizer, two_threads):
    """Wide enough for torch to share each product among its threads."""
    config = Config(optimizer=optimizer, depth=2, width=256, steps=2)
    assert_the_same(run(config), run(config))


def test_another_seed_is_another_recording():
    first, other = (run(Config(seed=seed, **EVERYTHING_RANDOM)) for seed in (0, 1))
    assert content(first) != content(other)
    assert not first.data.identical(other.data)


@pytest.mark.parametrize("without", [{"dropout": 0}, {"normalization": "none"}])
def test_the_random_ingredients_are_on(without):
    assert content(run(Config(**EVERYTHING_RANDOM))) != content(run(Config(**EVERYTHING_RANDOM | without)))


def test_another_process_gives_the_same_bits():
    program = "from tests.test_determinism import *\nprint(content(run(Config(dataset='spiral', **EVERYTHING_RANDOM))))"
    root = Path(__file__).parents[1]
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == content(run(Config(dataset="spiral", **EVERYTHING_RANDOM)))
