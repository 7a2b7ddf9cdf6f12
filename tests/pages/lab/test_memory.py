"""What a page says where there is no memory for what it shows, and where there never will be."""

import pytest
from screen import LAB, control, healthy, opened_at

from core import Config
from core.memory import gate as gates
from core.memory.budget import most
from core.memory.gate import GATE

HEAVY = {"depth": "30", "width": "500", "seed": "1616"}  # too large to be small work
BUSY = "MB of memory, which other work of this server has taken. Try again in a moment, or make the network smaller."


class Others:
    """Those who have the memory."""


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Others:
    """As long as they live, others have all memory for large work, and nobody is patient."""
    monkeypatch.setattr(gates, "PATIENCE", 0.2)
    others = Others()
    GATE.hold(most() - GATE.taken, others)
    return others


def test_a_page_says_that_other_work_has_the_memory(full):
    app = healthy(opened_at(LAB, HEAVY))
    assert [error.value for error in app.error if error.value.endswith(BUSY)]


def test_the_default_is_shown_all_the_same(full):
    app = healthy(opened_at(LAB, {"seed": "1617"}))
    assert not app.error


def test_a_control_says_what_there_is_no_memory_for(monkeypatch):
    app = healthy(opened_at(LAB, {"seed": "1"}))
    monkeypatch.setenv("VITALS_MEMORY", "600 MB")
    control(app, "width").set_value(512)
    control(app, "probe_size").set_value(1024)
    healthy(app.run())
    (said,) = [error.value for error in app.error]
    assert said.startswith("depth · width · probe_size must be smaller: these settings need about ")
    assert said.endswith("The network shown is the last one that fits.")
    assert Config(width=64).needs < most()
