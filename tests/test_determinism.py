"""Equal Configs give equal Recordings, bit for bit."""

import subprocess
import sys
from ast import literal_eval
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch

from core import Config, DataUnavailable, Recording, sweep, train
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


def printed(program: str) -> str:
    """What a process of its own prints, with the names of this module."""
    command = [sys.executable, "-c", f"from tests.test_determinism import *\n{program}"]
    root = Path(__file__).parents[1]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def assert_the_same(first: Recording, second: Recording) -> None:
    assert first.data.identical(second.data)
    assert repr(first.end) == repr(second.end)  # in which NaN is NaN
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
    """Wide enough for torch to share each product among its threads, if it were let."""
    config = Config(optimizer=optimizer, depth=2, width=256, steps=2)
    assert_the_same(run(config), run(config))
    assert torch.get_num_threads() == 2


SHARED = [  # among its threads by torch, if it were let: samples, sums over them, products, updates
    Config(steps=20),
    Config(dataset="gaussian", features=512, samples=2000, preprocessing="whiten", steps=1),
    Config(width=512, depth=2, probe_size=1000, optimizer="adam", steps=2),
    Config(width=300, depth=3, normalization="layer_norm", batch_size=1000, steps=2),
]


def on_threads(count: int) -> list[str]:
    """Fingerprints of what a process computes that gives torch so many threads: recordings, and a sweep."""
    torch.set_num_threads(count)
    known = [content(run(config)) for config in SHARED]
    assert torch.get_num_threads() == count
    swept = sweep([replace(SHARED[0], seed=seed) for seed in range(3)])
    return [*known, sha256(swept["loss"].values.tobytes()).hexdigest()]


def test_as_many_threads_as_torch_likes_give_the_same_bits():
    one, many = (printed(f"print(on_threads({count}))") for count in (1, 4))
    assert one == many
    assert len(set(literal_eval(one))) == len(SHARED) + 1


def test_between_two_looks_torch_has_its_threads_again(two_threads):
    for _ in train(Config(steps=2)):
        assert torch.get_num_threads() == 2
    with pytest.raises(DataUnavailable, match="table"):
        run(Config(dataset="upload"))
    assert torch.get_num_threads() == 2


def test_another_seed_is_another_recording():
    first, other = (run(Config(seed=seed, **EVERYTHING_RANDOM)) for seed in (0, 1))
    assert content(first) != content(other)
    assert not first.data.identical(other.data)


@pytest.mark.parametrize("without", [{"dropout": 0}, {"normalization": "none"}])
def test_the_random_ingredients_are_on(without):
    assert content(run(Config(**EVERYTHING_RANDOM))) != content(run(Config(**EVERYTHING_RANDOM | without)))


def test_another_process_gives_the_same_bits():
    bits = printed("print(content(run(Config(dataset='spiral', **EVERYTHING_RANDOM))))")
    assert bits == content(run(Config(dataset="spiral", **EVERYTHING_RANDOM)))
