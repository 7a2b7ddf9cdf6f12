"""What a run is estimated to need, held against what it takes; and what is refused where that is too much."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import Config
from core.config.declared import ConflictError

ROOT = Path(__file__).parents[2]
GAUSSIAN = {"dataset": "gaussian", "depth": 1, "width": 8, "steps": 0}
MEASURED = {
    "look": {"depth": 20, "width": 200, "steps": 0},
    "probe": {"depth": 20, "width": 128, "probe_size": 1024, "steps": 0},
    "normalized": {"depth": 10, "width": 256, "normalization": "batch_norm", "steps": 0},
    "trained": {"depth": 8, "width": 512, "steps": 2},
    "adam": {"depth": 8, "width": 512, "optimizer": "adam", "steps": 2},
    "history": {"depth": 4, "width": 512, "optimizer": "lbfgs", "steps": 12},
    "pieces": {"depth": 10, "width": 200, "activation": "maxout", "steps": 2},
    "batch": {"depth": 10, "width": 256, "batch_size": 1400, "steps": 2},
    "data": {**GAUSSIAN, "samples": 16_000, "features": 1000},
    "turned": {**GAUSSIAN, "samples": 2000, "features": 800, "preprocessing": "whiten"},
}
SCRIPT = """if True:
    import gc, json, sys
    from pathlib import Path
    from core import Config, record
    from core.memory.allocator import give_back, settle
    settle()
    def told(name):  # in kilobytes
        return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])
    record(Config(steps=2, optimizer="adam"))
    record(Config(dataset="gaussian", preprocessing="whiten", normalization="batch_norm", steps=0))
    peaks = {}
    for name, choices in json.loads(sys.argv[1]).items():
        gc.collect()
        give_back()
        Path("/proc/self/clear_refs").write_text("5")
        before = told("VmRSS")
        record(Config(**choices))
        peaks[name] = 1024 * (told("VmHWM") - before)
    print(json.dumps(peaks))"""


@pytest.fixture(scope="module")
def peaks() -> dict[str, int]:
    """How many bytes each of the runs took at its peak, one after the other, in a process of their own."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("this system does not tell a process's peak memory")
    command = [sys.executable, "-c", SCRIPT, json.dumps(MEASURED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", MEASURED)
def test_a_run_takes_what_it_is_estimated_to_need(name, peaks):
    needs = Config(**MEASURED[name]).needs
    assert needs / 4 < peaks[name] < needs


def test_the_default_needs_little():
    assert Config().needs < 10_000_000


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (
            {"depth": 50, "width": 512},
            "depth · width · width must be smaller: these settings need about 815 MB of memory, "
            "and the server has 80 MB for them; got 50 · 512 · 512 = 13,107,200",
        ),
        (
            {"depth": 10, "width": 512, "probe_size": 16},
            "depth · width · width must be smaller: these settings need about 113 MB of memory, ",
        ),
        (
            {"dataset": "gaussian", "features": 4096, "samples": 14_648},
            "samples · features must be smaller: these settings need about ",
        ),
        ({"dataset": "mnist", "samples": 60_000}, "samples · features must be smaller: these settings need about "),
        (
            {"dataset": "gaussian", "features": 1100, "preprocessing": "whiten"},
            "features · features must be smaller: these settings need about ",
        ),
        (
            {"activation": "maxout", "depth": 20, "width": 200},
            "depth · width · pieces of maxout · probe_size must be smaller: ",
        ),
    ],
)
def test_what_does_not_fit_into_the_budget_is_refused_in_words(choices, words, monkeypatch):
    assert Config(**choices).depth
    monkeypatch.setenv("VITALS_MEMORY", "600 MB")
    with pytest.raises(ConflictError, match="^" + re.escape(words)) as refused:
        Config(**choices)
    assert set(refused.value.names) <= set(Config.fields())


@pytest.mark.parametrize("name", ["digits", "mnist", "moons"])
def test_the_smallest_budget_has_room_for_the_default(name, monkeypatch):
    monkeypatch.setenv("VITALS_MEMORY", "1 MB")
    assert Config(dataset=name).needs < 30_000_000
