"""What the bar of work says: how far it is, where it stands among others, and how long the rest takes."""

from math import inf

import pytest
from screen import healthy, progress
from streamlit.testing.v1 import AppTest


def one_bar(state: str, done: tuple | None, name: str, where: tuple) -> None:
    """Run by Streamlit as a page of its own, so it imports all that it needs."""
    from core.work.line import Standing
    from core.work.progress import Progress
    from ui.jobs import jobs

    standing = Standing(*where)
    jobs.bar(state, done and Progress(*done), getattr(jobs, name), begins="Starting.", standing=standing)


@pytest.mark.parametrize(
    ("state", "done", "name", "where", "said"),
    [
        ("queued", None, "RUN", (2, 2, inf), "Waiting for its turn: 2 ahead of you."),
        ("queued", None, "RUN", (2, 2, 7.1), "Waiting for its turn: 2 ahead of you, about 10 s."),
        (
            "queued",
            (1000, 3000, 100.0, 1 / 3, "steps"),
            "RUN",
            (1, 1, inf),
            "Step 1,000 of 3,000 · Waiting for its turn: 1 ahead of you.",
        ),
        ("running", (0, 3000, 0.0, 0.0, "steps"), "RUN", (), "Step 0 of 3,000"),
        ("running", (1000, 3000, 100.0, 1 / 3, "steps"), "RUN", (), "Step 1,000 of 3,000 · 10 steps/s · 200 s left"),
        (
            "running",
            (1000, 3000, 100.0, 1 / 3, "steps"),
            "RUN",
            (0, 1, 0.0, 2.0),
            "Step 1,000 of 3,000 · 10 steps/s · 400 s left, in turns with 1 other",
        ),
        ("paused", (1000, 3000, 100.0, 1 / 3, "steps"), "RUN", (), "Step 1,000 of 3,000, paused"),
        ("queued", (0, 4, 1.0, 0.0), "JOB", (1, 1, inf), "Waiting for its turn: 1 ahead of you."),
        ("running", None, "JOB", (), "Starting."),
        ("running", (1, 4, 20.0, 0.5), "JOB", (), "1 of 4 networks · 20 s left"),
        (
            "running",
            (1, 4, 20.0, 0.5),
            "JOB",
            (0, 2, 0.0, 3.0),
            "1 of 4 networks · 20 s left, in turns with 2 others",
        ),
        ("running", (1, 4, 300.0, 0.5), "JOB", (), "1 of 4 networks · 5 min left"),
        ("running", (1, 4, 300.0, 0.0), "JOB", (), "1 of 4 networks"),
        ("stopped", (1, 4, 300.0, 0.5, "claims"), "JOB", (), "1 of 4 claims, stopped"),
    ],
)
def test_the_bar_of_a_run_and_of_a_job(state, done, name, where, said):
    app = AppTest.from_function(one_bar, args=(state, done, name, where)).run()
    assert progress(healthy(app)) == [said]
