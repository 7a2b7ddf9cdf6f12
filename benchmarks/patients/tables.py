"""Tables as visitors upload them, with inputs that are large as they are, made here so that nothing has to be at hand.

A Config names a table by its hash, which only the process knows that has kept the table: `remember` keeps them all.
"""

from collections.abc import Callable
from functools import cache
from random import Random

import numpy as np
import pandas as pd

from core.datasets import datasets
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep, table_of

TARGET = "target"


def double() -> pd.DataFrame:
    """y = 2x with x = 0, 1, …, 199."""
    x = np.arange(200.0)
    return pd.DataFrame({"x": x, TARGET: 2 * x})


def pixels() -> pd.DataFrame:
    """The digits with pixels from 0 to 255."""
    samples = datasets["digits"]()
    frame = pd.DataFrame(samples.inputs.numpy().astype(float) * 255 / 16).add_prefix("pixel ")
    return frame.assign(**{TARGET: samples.targets.numpy()})


def people() -> pd.DataFrame:
    """Whether a loan is paid back, by age and income: features whose sizes are a thousand times apart."""
    random = np.random.default_rng(0)
    age, income, debt = random.uniform(18, 80, 600), random.uniform(1e4, 9e4, 600), random.uniform(0, 5e4, 600)
    paid = income + 500 * age > debt + 6e4
    return pd.DataFrame({"age": age, "income": income, "debt": debt, TARGET: np.where(paid, "yes", "no")})


def years() -> pd.DataFrame:
    """A wave over the years 1900 to 2020: far from 0, and varying little beside that."""
    random = np.random.default_rng(0)
    year = random.uniform(1900, 2020, 500)
    return pd.DataFrame({"year": year, TARGET: 10 + 3 * np.sin((year - 1960) / 20) + random.normal(0, 0.3, 500)})


TABLES: dict[str, Callable[[], pd.DataFrame]] = {made.__name__: made for made in (double, pixels, people, years)}


@cache
def kept(name: str) -> str:
    """Keep the table of this name. Returns its hash."""
    return keep_content(TABLES[name]().to_csv(index=False).encode(), TARGET)


def any_table(random: Random) -> str:
    """The hash of a table drawn by chance, which is then kept."""
    return kept(random.choice(list(TABLES)))


def keep_content(content: bytes, target: str) -> str:
    """Keep the table that predicts the column `target` of a CSV file from all others. Returns its hash."""
    return keep(table_of(read_sheet(content), target))


def remember() -> None:
    """Keep all tables, so that each Config of a patient can be run."""
    for name in TABLES:
        kept(name)
