"""Owners: whose table is kept, and whose name of a file is seen."""

import gc
from collections.abc import Callable, Iterator

import pytest
import torch

from core import DataUnavailable
from core.datasets import uploads
from core.datasets.csv_file import read_sheet
from core.datasets.samples import Table, TableError
from core.datasets.uploads import check_room, keep, owners_are, recall, table_of
from core.memory.gate import GATE

Become = Callable[[str], None]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Iterator[Become]:
    """Lets the test be a visitor; the store has room for three tables of 800 bytes, two of them one owner's."""
    monkeypatch.setattr(uploads, "_known", type(uploads._known)())
    monkeypatch.setattr(uploads, "STORE_BYTES", 2400)
    monkeypatch.setattr(uploads, "OWNED_BYTES", 1600)
    before = uploads._owner
    yield lambda owner: owners_are(lambda: owner)
    owners_are(before)


def filled(digit: str, file: str = "") -> Table:
    """A table of 800 bytes."""
    nothing = torch.zeros(100, 1)
    return Table(digit * 32, ("a",), "b", (), nothing, nothing, 0, 0, file)


def is_here(digit: str) -> bool:
    try:
        recall(digit * 32)
    except DataUnavailable:
        return False
    return True


def test_nobody_takes_the_place_of_anothers_table(become):
    become("Ann")
    keep(filled("1"))
    keep(filled("2"))
    become("Bob")
    for digit in "345":
        keep(filled(digit))
    assert [is_here(digit) for digit in "12345"] == [True, True, False, False, True]


def test_a_table_that_no_room_is_enough_for_is_refused_for_that(become):
    become("Ann")
    nothing = torch.zeros(700, 1)
    words = r"^The table takes 5,600 bytes; this server keeps at most 2,400\. Choose fewer features, or digits\.$"
    with pytest.raises(TableError, match=words):
        check_room(Table("1" * 32, ("a",), "b", (), nothing, nothing, 0, 0))


@pytest.mark.usefixtures("become")
def test_what_is_kept_counts_as_taken():
    rows = "".join(f"{row},{row % 2}\n" for row in range(100))
    gc.collect()
    before = GATE.taken
    digest = keep(table_of(read_sheet(f"a,b\n{rows}".encode()), "b"))
    gc.collect()
    assert GATE.taken - before == recall(digest).nbytes == 1_600
    uploads.forget()
    gc.collect()
    assert GATE.taken == before


def test_where_others_fill_the_memory_a_table_is_refused(become):
    for place, owner in enumerate(["Ann", "Bob", "Cid"]):
        become(owner)
        keep(filled(str(place)))
    become("Dan")
    words = "Others' tables fill the memory of this server; try again in an hour, or choose digits."
    with pytest.raises(TableError, match=words):
        keep(filled("4"))
    assert not is_here("4")
    assert is_here("1")


def test_the_older_tables_of_an_owner_make_room(become):
    become("Ann")
    for digit in "123":
        keep(filled(digit))
    assert is_here("1")  # as long as nobody needs the room
    become("Bob")
    keep(filled("4"))
    assert [is_here(digit) for digit in "1234"] == [False, True, True, True]


def test_a_claim_ends_an_hour_after_the_last_use(become, monkeypatch):
    now = 0.0
    monkeypatch.setattr(uploads, "monotonic", lambda: now)
    become("Ann")
    keep(filled("1"))
    keep(filled("2"))
    now = uploads.OWNED_SECONDS - 1
    recall("1" * 32)
    now = uploads.OWNED_SECONDS + 1
    become("Bob")
    keep(filled("3"))
    keep(filled("4"))
    assert [is_here(digit) for digit in "1234"] == [True, False, True, True]


def test_everybody_sees_their_own_name_of_a_file_and_strangers_none(become):
    for owner in ("Ann", "Bob"):
        become(owner)
        keep(filled("1", f"{owner}.csv"))
    assert recall("1" * 32).file == "Bob.csv"
    become("Ann")
    assert recall("1" * 32).file == "Ann.csv"
    become("Cid")
    assert recall("1" * 32).file == ""
    assert sum(kept.table.nbytes for kept in uploads._known.values()) == 800


def test_what_is_used_by_a_link_belongs_to_nobody_new(become):
    become("Ann")
    keep(filled("1"))
    become("Bob")
    recall("1" * 32)
    assert set(uploads._known["1" * 32].used) == {"Ann"}
