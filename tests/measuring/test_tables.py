"""The table of a recording: whole, in pieces, and as a file that takes little memory to be written."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import Config, record
from core.measuring.tables import WRITING, pieces, write_csv

ROOT = Path(__file__).parents[2]
CONFIGS = [
    Config(depth=2, width=8, samples=60, steps=5, snapshots=4),
    Config(depth=0, samples=20, steps=2, snapshots=3),
    Config(depth=1, width=3, samples=20, steps=0),
    Config(depth=2, width=8, samples=60, steps=20, learning_rate=1e9, preprocessing="none"),
]
each = pytest.mark.parametrize("config", CONFIGS, ids=["usual", "no layers", "untrained", "diverged"])


@each
@pytest.mark.parametrize("most", [1, 100, 10**9])
def test_pieces_make_the_table_whatever_their_size(config, most):
    recording = record(config)
    parts = list(pieces(recording.data, most))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), recording.table())
    assert recording.rows == len(recording.table())
    if most == 100:
        sizes = [len(part) for part in parts]
        steps = {name: each.values[0].size for name, each in recording.variables.items()}
        assert max(sizes) <= max(100, *steps.values())


@each
def test_the_file_holds_the_table(config):
    recording, file = record(config), BytesIO()
    write_csv(recording.data, file)
    table, back = (
        recording.table(),
        pd.read_csv(BytesIO(file.getvalue()), low_memory=False, keep_default_na=False, na_values=[""]),
    )
    assert back.columns.tolist() == table.columns.tolist()
    np.testing.assert_allclose(back["value"], table["value"], rtol=1e-7)  # single precision is written as such
    for name in ("variable", "step", "diverged"):
        assert back[name].tolist() == table[name].tolist()
    for name in ("layer", "unit", "bin", "left", "right"):
        np.testing.assert_array_equal(back[name].astype(float), table[name].astype(float))
    assert back["bin_kind"].dropna().tolist() == table["bin_kind"].dropna().tolist()
    assert file.getvalue().startswith(b"variable,step,diverged,split,layer,unit,")


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="this system does not tell a process's peak memory"
)
def test_a_large_file_takes_no_more_memory_than_is_reserved_for_it():
    script = """if True:
        import os
        from pathlib import Path
        from core import Config, record
        from core.measuring.tables import write_csv
        recording = record(Config(depth=10, width=100, samples=50, steps=300, snapshots=300))
        small = record(Config(steps=0))
        def told(name):  # in kilobytes
            return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])
        with open(os.devnull, "wb") as nowhere:
            write_csv(small.data, nowhere)
            Path("/proc/self/clear_refs").write_text("5")
            before = told("VmRSS")
            write_csv(recording.data, nowhere)
        print(recording.rows, 1024 * (told("VmHWM") - before))"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    written, peak = map(int, done.stdout.split())
    assert written > 1_000_000
    assert WRITING / 10 < peak < WRITING
