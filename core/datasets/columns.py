"""Columns: what a column of a file holds, and the numbers that a network is given for it.

Numbers stay as they are, also those with a decimal comma, marks between thousands or a sign of money; dates become days
since 1970. Of texts, yes and no become 1 and 0, kinds that a known order ranks their rank from 0, and up to
`MOST_KINDS` others one column each, 1 for the rows of that kind (two kinds need one column). A text that is always the
same says nothing, and one of more kinds is rather a name: neither can be a feature.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd

from core.array import Array
from core.datasets import words

Holds = Literal["number", "answer", "rank", "kind", "text"]

MOST_KINDS = 20
SPACES = "’' \u00a0\u202f"  # that stand between thousands, besides comma or point
SIGNS = "$€£¥₩%"  # before or behind numbers; one for all of a column
DIGIT = re.compile(r"\d")
NUMBERS = {  # by their decimal mark
    point: re.compile(
        rf"[+-]?([{SIGNS}] ?)?(\d+|\d{{1,3}}([{between}{SPACES}]\d{{3}})+)?([{point}]\d*)?([eE][+-]?\d+)?( ?[{SIGNS}])?"
    )
    for point, between in (",.", ".,")
}
TRIED = 50  # values that are looked at before all are
DAY = pd.Timedelta(days=1)
EPOCH = pd.Timestamp("1970-01-01", tz="UTC")
ISO = "ISO8601"
DAYS_FIRST, MONTHS_FIRST = ("%d/%m/%Y", "%d/%m/%y"), ("%m/%d/%Y", "%m/%d/%y")
DATES = (  # how a date looks, and how it is read
    (r"\d{4}-\d{1,2}(-.*)?", ISO),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%m/%d/%y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", "%d-%b-%y"),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"\d{1,2} [A-Za-z]{3,9} \d{4}", "%d %B %Y"),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", "%b %d, %Y"),
    (r"[A-Za-z]{3,9} \d{1,2}, \d{4}", "%B %d, %Y"),
)
DATE_NOTES = (words.DAYS, words.DAYS_FIRST, words.MONTHS_FIRST)
CLOCK, TIMES = r"( \d{1,2}:\d{2}(:\d{2})?)?", ("", " %H:%M", " %H:%M:%S")
ANSWERS = (("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"))
RANKS = tuple(
    tuple(order.split("<"))
    for order in (
        "none<very low<low<medium<high<very high",
        "none<mild<moderate<severe",
        "never<rarely<sometimes<often<always",
        "very bad<bad<poor<fair<average<good<very good<excellent",
        "po<fa<ta<gd<ex",
        "xs<s<m<l<xl<xxl",
        "tiny<small<medium<large<huge",
        "short<medium<long",
        "young<middle<old",
        "strongly disagree<disagree<neutral<agree<strongly agree",
        "mon<tue<wed<thu<fri<sat<sun",
        "monday<tuesday<wednesday<thursday<friday<saturday<sunday",
        "jan<feb<mar<apr<may<jun<jul<aug<sep<oct<nov<dec",
        "january<february<march<april<may<june<july<august<september<october<november<december",
    )
)


@dataclass(frozen=True)
class Column:
    """What a column holds. `kinds` are its texts in their order: no before yes, ranks upwards, else by the alphabet."""

    name: str
    holds: Holds
    kinds: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns of numbers it becomes; 0 where it cannot be a feature."""
        return {"text": 0, "kind": len(self.kinds)}.get(self.holds, 1)

    @property
    def inputs(self) -> list[str]:
        """Their names."""
        if self.holds == "answer":
            return [f"{self.name} = {self.kinds[1]}"]
        return [f"{self.name} = {kind}" for kind in self.kinds] if self.holds == "kind" else [self.name]

    def numbers(self, values: pd.Series) -> Array:
        """What the network is given for these values (row, input). NaN where one is missing; kinds are all 0 there."""
        if self.holds == "number":
            return np.asarray(values.to_numpy(np.float64, na_value=np.nan))[:, None]
        places = pd.Categorical(values, self.kinds).codes.astype(np.int64)
        if self.holds == "kind":
            return np.equal(places[:, None], np.arange(len(self.kinds))).astype(np.float64)
        return np.where(places < 0, np.nan, places)[:, None]


def column_of(values: pd.Series) -> Column:
    """What a column holds, of which numbers and dates have become numbers."""
    name = str(values.name)
    if pd.api.types.is_numeric_dtype(values):
        return Column(name, "number")
    kinds = tuple(sorted(map(str, values.dropna().unique())))
    if not 2 <= len(kinds) <= MOST_KINDS:
        return Column(name, "text")
    plain = {kind.casefold(): kind for kind in kinds}
    if len(plain) == len(kinds):
        for order in (*ANSWERS, *RANKS):
            if plain.keys() <= set(order):
                ranked = tuple(plain[rank] for rank in order if rank in plain)
                return Column(name, "answer" if len(kinds) == 2 else "rank", ranked)
    return Column(name, "answer" if len(kinds) == 2 else "kind", kinds)


@dataclass(frozen=True)
class Spelling:
    """How a file spells: with a decimal comma or point, and which comes first in 1/2/2024."""

    comma: bool
    day_first: bool


def spelling(columns: Mapping[str, pd.Series], separator: str) -> Spelling:
    """How a file spells numbers, by the columns that can be read in one way only; else by what stands between values,
    which is no comma where numbers have one."""
    texts = [values for values in columns.values() if not pd.api.types.is_numeric_dtype(values)]
    ways = [(_spells(values, ","), _spells(values, ".")) for values in texts]
    if any(comma and not point for comma, point in ways):
        return Spelling(comma=True, day_first=True)
    points = any(point and not comma for comma, point in ways)
    fractions = any(pd.api.types.is_float_dtype(values) and (values % 1 > 0).any() for values in columns.values())
    return Spelling(comma=separator == ";" and not points and not fractions, day_first=separator == ";")


def read(values: pd.Series, how: Spelling) -> tuple[pd.Series, str | None]:
    """A column of texts, as numbers where it spells numbers or dates; and what is to be said of that."""
    if how.comma and _spells(values, ","):
        return _spelled(values.str.replace(".", "").str.replace(",", ".")), words.COMMA
    try:
        return values.map(lambda value: float(value) if isinstance(value, bool) else number(str(value)), "ignore"), None
    except ValueError:
        pass
    if not how.comma and _spells(values, "."):
        return _spelled(values.str.replace(",", "")), None
    return _days(values, how)


def _spelled(values: pd.Series) -> pd.Series:
    return values.str.replace(f"[{SPACES}{SIGNS}]", "", regex=True).astype(float)


def number(text: str) -> float:
    """The number that a text spells. Raises ValueError. Python allows 1_000, which is rather a name."""
    if "_" in text:
        raise ValueError
    return float(text)


def _spells(values: pd.Series, point: str) -> bool:
    """Whether a column spells numbers with this decimal mark, and maybe others between thousands."""
    if not pd.api.types.is_string_dtype(values):
        return False
    known, spelled = values.dropna(), NUMBERS[point]
    if not all(spelled.fullmatch(value) and DIGIT.search(value) for value in known.head(TRIED)):
        return False
    if not known.str.fullmatch(spelled.pattern).all() or not known.str.contains(DIGIT.pattern).all():
        return False
    return sum(bool(known.str.contains(sign, regex=False).any()) for sign in SIGNS) <= 1


def _days(values: pd.Series, how: Spelling) -> tuple[pd.Series, str | None]:
    """A column of dates in days since 1970. Where day and month could be either, the file's way of writing decides."""
    known = values.dropna()
    first = str(known.iloc[0]) if len(known) else ""
    time = TIMES[min(first.count(":"), 2)]
    fitting = [form for shape, form in DATES if re.fullmatch(shape + CLOCK, first) and _is_date(first, form, time)]
    for form in sorted(fitting, key=lambda form: form in (MONTHS_FIRST if how.day_first else DAYS_FIRST)):
        days = _read_as(known, form if form == ISO else form + time)
        if days is not None:
            return days.reindex(values.index), _said_of_dates(form)
    return values, None


def _said_of_dates(form: str) -> str:
    if form in DAYS_FIRST:
        return words.DAYS_FIRST
    return words.MONTHS_FIRST if form in MONTHS_FIRST else words.DAYS


def _is_date(text: str, form: str, time: str) -> bool:
    """Whether a date is in the calendar: Python knows at once where pandas takes its time."""
    if form == ISO:
        return True
    try:
        datetime.strptime(text, form + time)
    except ValueError:
        return False
    return True


def _read_as(known: pd.Series, form: str) -> pd.Series | None:
    for part in (known.drop_duplicates().head(TRIED), known):
        try:
            times = pd.to_datetime(part, format=form, utc=True)
        except ValueError:
            return None
    days: pd.Series = (times - EPOCH) / DAY
    return days
