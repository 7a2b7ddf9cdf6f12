"""Limit: how long work may take on a server that strangers share, said before it begins.

`VITALS_HOSTED=10` tells that this is one, and how many minutes a run or a job may take that a visitor starts; any other
text, such as yes, and a number that is none of minutes, stands for 10. Without that variable nothing is limited.
"""

import os
from math import inf

from core.datasets.csv_file import HOSTED, NOT_HOSTED
from core.words.said import counted, said

USUAL_MINUTES = 10.0
SECONDS, MINUTES, HOURS = 90, 90 * 60, 48 * 3600  # from here on the next unit is used
TOO_LONG = (
    "This would take about {took}, and on this server, which many share, nothing may take longer than {most}. Take "
    "fewer steps, fewer or smaller networks, or run Vitals on a machine of your own."
)


def most_seconds() -> float | None:
    """How long work may take here; None without a limit."""
    told = os.environ.get(HOSTED, "").strip()
    if told in NOT_HOSTED:
        return None
    try:
        minutes = float(told)
    except ValueError:
        minutes = USUAL_MINUTES
    return 60 * (minutes if 0 < minutes < inf else USUAL_MINUTES)


def too_long(seconds: float) -> str:
    """Why work that takes so long, as far as can be told before, may not begin here; or nothing."""
    most = most_seconds()
    return "" if most is None or seconds <= most else said(TOO_LONG, took=duration(seconds), most=duration(most))


def duration(seconds: float) -> str:
    """A time in words, in the unit that fits."""
    if seconds < SECONDS:
        return counted(max(1, round(seconds)), "1 second", "{count:,.0f} seconds", count=seconds)
    if seconds < MINUTES:
        return said("{count:,.0f} minutes", count=seconds / 60)
    if seconds < HOURS:
        return said("{count:,.0f} hours", count=seconds / 3600)
    return said("{count:,.0f} days", count=seconds / 86_400)
