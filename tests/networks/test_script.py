"""The script of a Config, run by an interpreter that knows nothing of this project, ends where the lab does."""

import json
import re
import subprocess
import sys

import pytest
from tables import table
from test_combinations import all_pairs

from core import Config, DataUnavailable, record, script
from core.choices.activations import activations
from core.config.tasks import suited
from core.datasets.uploads import keep
from core.networks.plain.data import table_file, table_text

RUNNER = """
import io, json, sys
from contextlib import redirect_stdout
printed = []
for text in json.load(sys.stdin):
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(text, "script", "exec"), {"__name__": "__main__"})
    printed.append(out.getvalue())
assert "core" not in sys.modules
print(json.dumps(printed))
"""
SMALL = {"depth": 2, "width": 12, "samples": 200, "steps": 25, "snapshots": 5}
OTHERS = [
    Config(steps=100, snapshots=5),
    Config(**SMALL, initializer="lsuv", activation="maxout", normalization="batch_norm_after"),
    Config(**SMALL, normalization="batch_norm", activation="maxout", weight_scale=2.0),
    Config(**SMALL, activation="leaky_relu", negative_slope=0.2, bias_init=-0.1),
    Config(**SMALL, activation="step", schedule="step"),
    Config(**SMALL, optimizer="momentum", momentum=0.5, loss_function="mse", seed=3),
    Config(**SMALL, learning_rate=1e5),
    Config(**{**SMALL, "steps": 0}),
]


def printed(scripts: list[str], folder) -> list[str]:
    """What an interpreter prints that runs the scripts one after another, isolated from this project."""
    command = [sys.executable, "-I", "-c", RUNNER]
    done = subprocess.run(command, input=json.dumps(scripts), capture_output=True, text=True, cwd=folder, check=False)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def final(text: str) -> list[str]:
    return re.findall(r"final \S+ loss (\S+)", text)


def recorded(config: Config) -> list[str]:
    return [f"{loss:.6g}" for loss in record(config).data["loss"].values[-1]]


def test_every_two_choices_together_end_at_the_loss_of_the_lab(tmp_path):
    configs = [*all_pairs(), *OTHERS]
    found = [final(text) for text in printed(list(map(script, configs)), tmp_path)]
    different = [(config, loss) for config, loss in zip(configs, found, strict=True) if loss != recorded(config)]
    assert not different


def test_it_prints_dead_units_and_gradients_as_the_lab_has_them(tmp_path):
    config = Config(**SMALL, bias_init=-1.0)
    (text,) = printed([script(config)], tmp_path)
    data = record(config).data.sel(step=25)
    last = text[text.index("step 25:") :]
    dead = [int(count) for count in re.findall(r"(\d+) of 12 units dead", last)]
    norms = re.findall(r"norm of dL/dW (\S+)", last)
    assert dead == (data["dead_fraction"] * 12).round().astype(int).values.tolist()
    assert norms == [f"{norm:.3g}" for norm in data["weight_gradient_norm"].values]
    assert any(dead)


def test_a_run_that_diverges_says_where(tmp_path):
    config = Config(**SMALL, learning_rate=1e5)
    (text,) = printed([script(config)], tmp_path)
    assert f"Diverged at step {record(config).end.step}." in text


@pytest.mark.parametrize("name", activations)
def test_it_owes_nothing_to_this_project(name):
    text = script(Config(activation=name, normalization="batch_norm", optimizer="lbfgs", initializer="lsuv"))
    assert not re.search(r"\bcore\b|@\w+|# noqa|type: ignore|Tensor\b", text)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    "rows",
    [
        [f"{x},{x % 7},{2 * x + 0.1}" for x in range(80)],
        [f"{x},{x % 7},{'ab'[x % 2]}" for x in range(80)],
    ],
    ids=["numbers", "classes"],
)
def test_a_table_of_your_own_lies_beside_it(rows, tmp_path):
    digest = keep(table("\n".join(["first,second,y", *rows]).encode(), "y"))
    config = suited(Config(dataset="upload", table=digest, depth=2, width=12, steps=25, snapshots=5))
    (tmp_path / table_file(config)).write_text(table_text(config), encoding="utf-8")
    (text,) = printed([script(config)], tmp_path)
    assert final(text) == recorded(config)


def test_a_table_that_is_gone_has_no_script():
    with pytest.raises(DataUnavailable, match="table"):
        script(Config(dataset="upload", table="f" * 32))
