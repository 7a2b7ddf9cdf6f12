"""Columns: what texts become, what becomes of gaps, and that equal hashes mean equal data."""

import numpy as np
import pandas as pd
import pytest
import torch
from tables import csv, numbers, table

from core import Config
from core.datasets import csv_file, sheets
from core.datasets.csv_file import read_sheet
from core.datasets.samples import Table, TableError
from core.datasets.sheets import DROP, FILL
from core.datasets.uploads import keep, table_of
from core.datasets.words import summary
from core.networks.data import load


def of_texts(*texts: str, rows: int = 24, missing: str = DROP) -> Table:
    """A table that predicts a number from a column of these texts, again and again."""
    content = csv("t,y", *(f"{texts[i % len(texts)]},{i + 0.5}" for i in range(rows)))
    return table_of(read_sheet(content), "y", ("t",), missing)


@pytest.mark.parametrize(
    ("texts", "names", "expected"),
    [
        (("x", "y", "z"), ("t = x", "t = y", "t = z"), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (("male", "female"), ("t = male",), [[1], [0]]),
        (("yes", "no"), ("t = yes",), [[1], [0]]),
        (("N", "Y"), ("t = Y",), [[0], [1]]),
        (("False", "True"), ("t",), [[0], [1]]),
        (("High", "low", "Medium"), ("t",), [[2], [0], [1]]),
        (("XL", "s", "M"), ("t",), [[2], [0], [1]]),
        (("Fri", "Mon"), ("t = Fri",), [[1], [0]]),
        (("1970-01-03", "1970-01-01"), ("t",), [[2], [0]]),
        (tuple(f"k{i:02}" for i in range(20)), tuple(f"t = k{i:02}" for i in range(20)), np.eye(20).tolist()),
    ],
    ids=str,
)
def test_what_texts_become(texts, names, expected):
    found = of_texts(*texts, rows=60)
    assert found.features == names
    assert found.inputs[: len(texts)].tolist() == expected
    assert found.inputs.dtype == torch.float64


def test_texts_of_many_kinds_or_of_one_are_no_features():
    sheet = read_sheet(csv("a,b,c", *(f"k{i % 21},same,{i}" for i in range(60))))
    assert sheet.usable == ["c"]
    assert sheet.left_out("c") == ["a", "b"]


def test_answers_stay_classes_by_their_names():
    assert table(csv("x,y", *(f"{i},{['No', 'yes'][i % 2]}" for i in range(12))), "y").classes == ("No", "yes")


def test_texts_become_no_more_columns_than_there_is_room_for():
    heads = [f"c{i}" for i in range(300)]
    rows = [",".join(f"k{(i + j) % 20}" for j in range(300)) for i in range(40)]
    sheet = read_sheet(csv(",".join([*heads, "few", "y"]), *(f"{row},{'ab'[i % 2]},{i}" for i, row in enumerate(rows))))
    found = table_of(sheet, "y")
    assert found.inputs.shape[1] == 1 + (sheets.MOST_COLUMNS - 2) // 20 * 20
    assert "few = b" in found.features
    assert len(sheet.left_out("y")) == 300 - 4094 // 20


def test_many_rows_leave_room_for_less(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_VALUES", 1000)
    sheet = read_sheet(csv("a,b,y", *(f"{'pqr'[i % 3]},{'uvwx'[i % 4]},{i}" for i in range(220))))
    assert sheet.usable == ["a", "y"]


GAPS = csv("a,k,b,y", "1,x,,1", ",,0,2", "3,y,,3", "5,x,0,4", "7,z,1,5", "9,z,1,")


def test_gaps_drop_rows_or_are_filled_and_marked():
    sheet = read_sheet(GAPS)
    assert sheet.gaps("y", ("a", "k")) == 1
    filled = table_of(sheet, "y", (), FILL)
    assert filled.features == ("a", "a is missing", "k = x", "k = y", "k = z", "k is missing", "b", "b is missing")
    assert filled.inputs.tolist() == [
        [1, 0, 1, 0, 0, 0, 0, 1],
        [4, 1, 0, 0, 0, 1, 0, 0],
        [3, 0, 0, 1, 0, 0, 0, 1],
        [5, 0, 1, 0, 0, 0, 0, 0],
        [7, 0, 0, 0, 1, 0, 1, 0],
    ]
    assert (filled.dropped, filled.filled) == (1, 3)  # nobody knows a target that is missing
    assert summary(filled).endswith("1 row dropped for missing values, 3 rows with gaps filled in.")
    assert table_of(sheet, "y", ("a", "k")).inputs.shape == (4, 4)


def test_a_column_whose_values_all_went_with_the_target_is_filled_with_zeros():
    lines = [f"{i},,{i}" for i in range(6)]
    found = table_of(read_sheet(csv("a,b,y", *lines, "6,1.5,")), "y", (), FILL)
    assert found.inputs[:, 1:].tolist() == [[0, 1]] * 6


def test_gaps_are_filled_at_first_where_most_rows_have_one():
    mostly = csv("a,b,y", *(f"{i},{'' if i % 3 else i},{i}" for i in range(12)))
    assert read_sheet(mostly).likely_missing("y") == FILL
    assert read_sheet(mostly).likely_missing("y", ("a",)) == DROP
    assert read_sheet(numbers(12)).likely_missing("c") == DROP


def test_more_columns_than_there_may_be_with_their_gaps_marked():
    head = ",".join([*(f"c{i}" for i in range(4000)), "y"])
    sheet = read_sheet(csv(head, *(",".join([*([""] if i == 0 else ["2"]) * 4000, str(i)]) for i in range(6))))
    words = r"With their gaps marked, the features become 8,000 columns; at most 4,096 are allowed\."
    with pytest.raises(TableError, match=words):
        table_of(sheet, "y", (), FILL)


def test_hashes_of_before_mean_what_they_meant():
    """They stand in links: those of files of numbers, read as they always were."""
    content = csv("a,b,c", *(f"{i},{i / 2},{i % 2}" for i in range(12)))
    assert table(content).digest == "7d8e0282486fcdf1727f0511e19d061e"
    assert table(content, "b", ("a",)).digest == "3fcb941e5304f7298afb3b4ee10fa53a"


def test_equal_hashes_mean_equal_data():
    """Over all choices that a file leaves."""
    content = csv("1,2,3", *(f"{i},{'' if i % 5 == 0 else i % 3},{i % 2}" for i in range(20)))
    found: dict[str, Table] = {}
    for named in (True, False):
        sheet = read_sheet(content, names_first=named)
        for target in sheet.names:
            for chosen in ((), tuple(sheet.features(target)), tuple(sheet.features(target)[:1])):
                for missing in (DROP, FILL):
                    made = table_of(sheet, target, chosen, missing)
                    same = found.setdefault(made.digest, made)
                    assert torch.equal(made.inputs, same.inputs)
                    assert torch.equal(made.targets, same.targets)
    assert len(found) == 2 * 3 * 2 * 2  # to choose all is to choose none


def test_four_rows_are_a_table():
    found = table(csv("a,b", "1,x", "2,y", "3,x", "4,y"), "b")
    data = load(Config(dataset="upload", table=keep(found)))
    assert (len(data.inputs), len(data.validation_inputs)) == (3, 1)


def test_pixels_are_kept_as_bytes_where_there_are_many(monkeypatch):
    monkeypatch.setattr("core.datasets.uploads.LARGE_BYTES", 1000)
    pixels = np.random.default_rng(0).integers(0, 256, (60, 9))
    found = table(pd.DataFrame(pixels).add_prefix("p").assign(y=range(60)).to_csv(index=False).encode(), "y")
    assert found.inputs.dtype == torch.uint8
    assert torch.equal(found.inputs, torch.from_numpy(pixels))
    assert table(csv("a,y", *(f"{i}.5,{i}" for i in range(200))), "y").inputs.dtype == torch.float64


def test_a_large_file_is_read_at_home_and_refused_where_strangers_share_the_server(monkeypatch):
    content = b"a,b\n" + b"1.5,2.5\n1.25,2\n" * 700_000
    assert len(content) > csv_file.MOST_BYTES
    assert len(read_sheet(content).frame) == 1_400_000
    monkeypatch.setenv(csv_file.HOSTED, "1")
    with pytest.raises(TableError, match=r"it has 10,500,004 bytes; at most 10,000,000 are read\."):
        read_sheet(content)


def test_equal_files_in_use_are_one_copy():
    first, again = read_sheet(numbers(12), "mine.csv"), read_sheet(numbers(12), "mine.csv")
    assert first is again
    assert read_sheet(numbers(12), "other.csv").file == "other.csv"
