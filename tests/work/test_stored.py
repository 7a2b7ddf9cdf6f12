"""Stored: entries in a file, where they were made, and whatever else may lie in its place."""

from dataclasses import asdict

import pytest

from core.work import stored
from core.work.stored import FOREIGN, Origin, libraries, processor, read, write

ENTRIES = {"a": {"numbers": [1.5, 0, float("inf")], "word": "α"}, "b": [None]}


def test_entries_are_read_as_they_were_written_each_in_its_line(tmp_path):
    write(tmp_path / "some.json", ENTRIES)
    assert read(tmp_path / "some.json") == ENTRIES
    assert len((tmp_path / "some.json").read_text("utf-8").splitlines()) == len(ENTRIES) + 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1, 2]", b"\xff\xfe"],
    ids=["empty", "broken", "a list", "no text"],
)
def test_any_other_file_has_no_entries(tmp_path, content):
    (tmp_path / "some.json").write_bytes(content)
    assert read(tmp_path / "some.json") == {}


def test_no_file_and_a_folder_have_no_entries(tmp_path):
    assert read(tmp_path / "none.json") == read(tmp_path) == {}


def test_an_origin_says_when_and_where():
    here = Origin.here()
    assert Origin.read(asdict(here)) == here
    assert (here.processor, here.libraries) == (processor(), libraries())
    assert here.processor
    assert "torch" in here.libraries


@pytest.mark.parametrize(
    "entry", [None, [], {}, {"date": "2026-11-29"}, {"date": "2026-11-31", "processor": "", "libraries": ""}]
)
def test_what_is_no_origin_is_foreign(entry):
    with pytest.raises(FOREIGN):
        Origin.read(entry)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (
            "processor : 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2670  v3 @ 2.30GHz\nmodel name\t: Other\n",
            "Intel Xeon E5-2670 v3 @ 2.30GHz",
        ),
        ("processor : 0\n", "as Python says"),
        (None, "as Python says"),
    ],
)
def test_a_processor_is_called_as_it_calls_itself(tmp_path, monkeypatch, told, name):
    if told is not None:
        (tmp_path / "cpuinfo").write_text(told)
    monkeypatch.setattr(stored, "PROCESSORS", tmp_path / "cpuinfo")
    monkeypatch.setattr(stored.platform, "processor", lambda: "")
    monkeypatch.setattr(stored.platform, "machine", lambda: "as Python says")
    assert processor() == name
