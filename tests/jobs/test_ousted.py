"""A job that another one has ended says so, as long as its button would take it up again."""

from screen import FEW, messages, move, press

from ui.jobs import visitors

OUSTED = "Stopped, as you started something else: one job of a visitor works at a time."
SLOW = {**FEW, "steps": "20000", "find_budget": "16", "find_steps": "20000"}


def test_it_is_not_said_where_the_button_starts_something_else(opened):
    app = opened(SLOW, "pages/search.py")
    press(app, "Search")
    (place,) = (visit.things["slot_search"] for visit in visitors._visits.values() if "slot_search" in visit.things)
    place.oust()
    place.job.join(30)
    assert [text[: len(OUSTED)] for text in messages(app.run(), "info")] == [OUSTED]
    assert messages(move(app, "depth", 3), "info") == [
        "The settings have changed since this search. Search again to see them."
    ]
