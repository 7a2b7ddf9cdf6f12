import pytest

from core.datasets.csv_file import HOSTED, MOST_BYTES, MOST_BYTES_AT_HOME, most_bytes
from ui.jobs.limit import duration, most_seconds, too_long


@pytest.mark.parametrize(
    ("told", "most"), [(None, None), ("", None), ("0", None), ("2.5", 150), ("yes", 600), ("-3", 600), ("nan", 600)]
)
def test_a_server_tells_that_many_share_it(monkeypatch, told, most):
    monkeypatch.delenv(HOSTED, raising=False)
    if told is not None:
        monkeypatch.setenv(HOSTED, told)
    assert most_seconds() == most
    assert most_bytes() == (MOST_BYTES_AT_HOME if most is None else MOST_BYTES)


def test_what_takes_too_long_is_told_from_what_does_not(monkeypatch):
    monkeypatch.setenv(HOSTED, "10")
    assert too_long(599) == ""
    assert too_long(140 * 3600).startswith(
        "This would take about 6 days, and on this server, which many share, nothing may take longer than 10 minutes."
    )
    monkeypatch.delenv(HOSTED)
    assert too_long(140 * 3600) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (33.3, "33 seconds"),
        (89, "89 seconds"),
        (91, "2 minutes"),
        (600, "10 minutes"),
        (5399, "90 minutes"),
        (7200, "2 hours"),
        (48 * 3600, "2 days"),
    ],
)
def test_a_time_is_told_in_the_unit_that_fits(seconds, words):
    assert duration(seconds) == words
