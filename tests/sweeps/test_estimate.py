from dataclasses import replace

from core import Config
from core.sweeps import grid
from core.sweeps.estimate import run_seconds, sweep_seconds

SMALL = Config(depth=1, width=8, steps=100, snapshots=10)


def test_what_is_more_work_takes_longer():
    larger = [{"steps": 200}, {"depth": 4}, {"width": 256}, {"activation": "maxout"}, {"snapshots": 50}]
    for change in larger:
        assert run_seconds(replace(SMALL, **change)) > run_seconds(SMALL)
    assert run_seconds(replace(SMALL, width=128, batch_size=512)) > run_seconds(replace(SMALL, width=128))


def test_seconds_are_told_from_hours():
    assert run_seconds(SMALL) < 1
    assert run_seconds(Config(steps=100_000, depth=50, width=512)) > 3600


def test_networks_of_one_chunk_share_what_is_started():
    seeds = grid(SMALL, seed=range(32))
    assert sweep_seconds(seeds) < 8 * run_seconds(SMALL)
    assert sweep_seconds(seeds) > 0.9 * sweep_seconds(grid(SMALL, seed=range(16)))
    assert sweep_seconds((SMALL, replace(SMALL, steps=1000))) > sweep_seconds((SMALL,))
