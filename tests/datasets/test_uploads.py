"""The visitor's table: its hash, its place in the store, and that it is learned from."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from tables import AUTO_MPG, BAD_CHOICES, csv, numbers, table

from core import Config, DataUnavailable, record
from core.datasets import csv_file, sheets
from core.datasets import uploads as tables
from core.datasets.csv_file import read_sheet
from core.datasets.samples import Table, TableError
from core.datasets.uploads import keep, recall, table_of
from core.datasets.words import summary, title
from core.networks.data import load


def test_a_table_of_classes():
    found = table(numbers(12))
    assert (found.features, found.target, found.classes) == (("a", "b"), "c", ("a", "b"))
    assert torch.equal(found.inputs, torch.tensor([[i, i / 2] for i in range(12)]))
    assert found.inputs.dtype == torch.float64
    assert found.targets.tolist() == [0, 1] * 6
    assert found.targets.dtype == torch.int64
    assert (found.dropped, found.left_out) == (0, 0)
    assert summary(found) == "12 rows, 2 features, 2 classes of 'c'."


def test_a_table_of_a_regression():
    found = table(numbers(30), "b", ("a",))
    assert found.features == ("a",)
    assert found.classes == ()
    assert torch.equal(found.targets, torch.arange(30)[:, None] / 2)
    assert found.targets.dtype == torch.float64
    assert summary(found) == "30 rows, 1 feature, a regression of 'b'."


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["7", "3", "5"], ("3", "5", "7")),
        (["1.0", "0.0"], ("0", "1")),
        (["1.5", "0"], ()),
        (["yes", "no"], ("no", "yes")),
        (["True", "False"], ("0", "1")),
        ([str(i) for i in range(20)], tuple(str(i) for i in range(20))),
        ([str(i) for i in range(21)], ()),
        ([f"t{i:02}" for i in range(100)], tuple(f"t{i:02}" for i in range(100))),
    ],
    ids=lambda it: str(it)[:30],
)
def test_few_whole_numbers_and_texts_are_classes(values, classes):
    found = table(csv("x,y", *(f"{i},{values[i % len(values)]}" for i in range(200))), "y")
    assert found.classes == classes
    if classes:
        assert sorted(values)[0] in (classes[0], f"{classes[0]}.0", "False")
        assert found.targets.unique().tolist() == list(range(len(classes)))


def test_rows_that_miss_a_value_are_dropped_and_counted():
    lines = [f"{i},{i * i},{i % 3}" for i in range(12)]
    found = table(csv("a,b,c", *lines, ",4,1", "4,?,1", "4,4,", "NaN,1,1", "1,2,null"))
    assert (len(found.inputs), found.dropped) == (12, 5)
    assert found.classes == ("0", "1", "2")  # missing values have made 1.0 of 1
    assert summary(found) == "12 rows, 2 features, 3 classes of 'c', 5 rows dropped for missing values."
    assert table(csv("a,b,c", *lines, "4,,1"), "c", ("a",)).dropped == 0  # nobody asked for b
    assert "1 row dropped" in summary(table(csv("a,b,c", *lines, "4,,1")))


def test_no_more_rows_are_used_than_can_be_trained_on_and_they_come_from_everywhere(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 200)
    found = table(numbers(1200))
    rows = found.inputs[:, 0].tolist()
    assert rows == sorted(set(rows)) == table(numbers(1200)).inputs[:, 0].tolist()
    assert (len(rows), found.left_out) == (200, 1000)
    assert found.targets.tolist() == [row % 2 for row in rows]
    assert summary(found).endswith("1,000 more rows left out, at random.")
    assert sum(rows) / 200 == pytest.approx(600, abs=5 * 1200 / 12**0.5 / 200**0.5)
    assert found.targets.float().mean().item() == pytest.approx(0.5, abs=5 * 0.5 / 200**0.5)
    assert table(numbers(200)).inputs[:, 0].tolist() == list(range(200))


def test_the_most_rows_are_as_many_as_can_be_trained_on():
    assert Config.fields()["samples"].high == tables.MOST_ROWS
    assert Config.fields()["features"].high == sheets.MOST_COLUMNS
    found = table(csv("a,c", *(f"{i},{i % 2}" for i in range(60_001))))
    assert (len(found.inputs), found.left_out) == (60_000, 1)
    assert len(table(csv("a,c", *(f"{i},{i % 2}" for i in range(60_000)))).inputs) == 60_000


def test_the_cars():
    if not AUTO_MPG.is_file():
        pytest.skip(f"{AUTO_MPG} is not here")
    sheet = read_sheet(AUTO_MPG.read_bytes())
    found = table_of(sheet, "MPG")
    assert sheet.likely_target == "MPG"
    assert sheet.numeric == sheet.names
    assert summary(found) == "392 rows, 9 features, a regression of 'MPG'."
    assert found.inputs[0].tolist() == [8, 307, 130, 3504, 12, 70, 0, 0, 1]
    assert found.targets[0].item() == 18
    assert table_of(sheet, "Cylinders").classes == ("3", "4", "5", "6", "8")
    data = load(Config(dataset="upload", table=keep(found)))
    assert (len(data.inputs), len(data.validation_inputs)) == (314, 78)
    assert data.inputs.mean(0).abs().max() < 1e-5


@pytest.mark.parametrize("kind", BAD_CHOICES)
def test_a_bad_choice_is_refused_in_one_sentence(kind):
    content, choices, words = BAD_CHOICES[kind]
    with pytest.raises(TableError) as refused:
        table(content, *choices)
    assert str(refused.value) == words


def test_equal_files_and_choices_have_equal_hashes():
    digest = table(numbers(12)).digest
    assert table(numbers(12)).digest == digest == read_sheet(numbers(12)).digest_of("c")
    assert Config(dataset="upload", table=digest).table == digest
    assert table(numbers(12), "c", ("b", "a")).digest == table(numbers(12), "c", ("a", "b")).digest == digest
    others = [table(numbers(13)), table(numbers(12), "b"), table(numbers(12), "c", ("a",))]
    assert len({digest, *(other.digest for other in others)}) == 4


def test_a_table_bears_the_name_of_its_file_which_does_not_change_its_hash():
    named = table_of(read_sheet(numbers(12), f"{'long' * 20}.csv"), "c")
    assert named.digest == table(numbers(12)).digest
    assert summary(named) == f"{'long' * 10}…, 12 rows, 2 features, 2 classes of 'c'."
    assert title(named) == f"{'long' * 10}… with target 'c'"
    assert title(table(numbers(12))) == "a table with target 'c'"


def test_a_table_is_frozen():
    with pytest.raises(FrozenInstanceError):
        table(numbers(12)).target = "a"  # type: ignore[misc]


def test_what_is_kept_can_be_recalled():
    found = table(numbers(12))
    assert recall(keep(found)).inputs is found.inputs
    assert load(Config(dataset="upload", table=found.digest, preprocessing="none")).inputs.sum(1).max() == 16.5


def filled(digit: str) -> Table:
    """A table of 800 bytes."""
    nothing = torch.zeros(100, 1)
    return Table(digit * 32, ("a",), "b", (), nothing, nothing, 0, 0)


def test_the_table_that_was_not_used_for_longest_is_forgotten_when_there_is_no_room(monkeypatch):
    monkeypatch.setattr(tables, "_known", type(tables._known)())
    monkeypatch.setattr(tables, "STORE_BYTES", 2000)
    for digit in "01":
        keep(filled(digit))
    recall("0" * 32)
    keep(filled("2"))
    recall("0" * 32)
    recall("2" * 32)
    with pytest.raises(DataUnavailable, match="The uploaded table is no longer here"):
        recall("1" * 32)


def test_the_largest_file_has_room_in_the_store():
    """2 bytes a value, of which float64 makes 8, and a class number of 8 bytes a row: hosted, three times."""
    rows = tables.MOST_ROWS
    assert 8 * csv_file.MOST_BYTES // 2 + 8 * rows < tables.OWNED_BYTES <= tables.STORE_BYTES / 3
    assert 8 * sheets.MOST_VALUES + 8 * rows < tables.OWNED_BYTES


def test_what_a_visitor_uploads_is_learned():
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(400, 2, generator=generator).numpy()
    lines = [f"{x:.4f},{y:.4f},{'above' if y > x else 'below'}" for x, y in points.astype(np.float64)]
    digest = keep(table(csv("x,y,side", *lines), "side"))
    recording = record(Config(dataset="upload", table=digest, steps=200, snapshots=5))
    assert recording.classes == 2
    assert recording.training_size == 320
    assert recording.data["accuracy"].sel(step=200, split="validation") > 0.9


def test_what_varies_around_a_large_number_is_kept():
    """Milliseconds since 1970 differ in digits that float32 does not have."""
    rows = [f"{1_700_000_000_000 + place},{10**9 + place % 30 + 0.5}" for place in range(300)]
    table = keep(table_of(read_sheet("\n".join(["time,height", *rows]).encode()), "height"))
    data = load(Config(dataset="upload", table=table, samples=200))
    assert len(data.inputs.unique()) == 200
    assert len(data.targets.unique()) == 30


def test_a_column_of_true_and_false_with_gaps_is_a_feature():
    lines = ["on,size,kind", *(f"{('True', 'False', '')[i % 3]},{i},{'ab'[i % 2]}" for i in range(60))]
    sheet = read_sheet("\n".join(lines).encode())
    assert sheet.numeric == ["on", "size"]
    table = table_of(sheet, "kind")
    assert (len(table.inputs), table.dropped) == (40, 20)
    assert set(table.inputs[:, 0].tolist()) == {0.0, 1.0}


@pytest.mark.numerics
def test_texts_dates_and_gaps_are_learned_at_the_defaults():
    """Who says yes depends on a kind, on a rank and on a day."""
    draw = np.random.default_rng(0)
    kinds, ranks, days = draw.integers(0, 5, 600), draw.integers(0, 3, 600), draw.integers(1, 29, 600)
    yes = 2 * (kinds == 3) + ranks + (days > 14) > 1.5
    order = ("low", "medium", "high")
    lines = [
        f"{'pqrst'[kind]},{order[rank]},2024-02-{day:02},{'' if at % 3 else 1},{'yes' if answer else 'no'}"
        for at, (kind, rank, day, answer) in enumerate(zip(kinds, ranks, days, yes, strict=True))
    ]
    sheet = read_sheet(csv("kind,rank,day,gap,answer", *lines))
    found = table_of(sheet, "answer", (), sheet.likely_missing("answer"))
    assert (found.filled, found.classes) == (400, ("no", "yes"))
    run = record(Config(dataset="upload", table=keep(found), snapshots=5))
    assert run.data["accuracy"].sel(step=2000, split="validation") > 0.95
