"""Regressions: tables of numbers to predict, as awkward as those that people bring, made from a seed."""

from collections.abc import Callable

import numpy as np
import pandas as pd

Draw = np.random.Generator
TARGET = "target"


def _frame(inputs: np.ndarray, target: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(inputs).add_prefix("x").assign(**{TARGET: target})


def plain(draw: Draw) -> pd.DataFrame:
    """A sum of five features."""
    inputs = draw.normal(size=(500, 5))
    return _frame(inputs, inputs.sum(1) + draw.normal(0, 0.3, 500))


def heavy_tails(draw: Draw) -> pd.DataFrame:
    """Features and noise of which a few are a hundred times as large as most."""
    inputs = draw.standard_t(1.5, size=(800, 6))
    return _frame(inputs, inputs[:, 0] - inputs[:, 1] + draw.standard_t(2, 800))


def few_rows(draw: Draw) -> pd.DataFrame:
    """Thirty rows."""
    inputs = draw.normal(size=(30, 3))
    return _frame(inputs, inputs @ [1.0, -2.0, 0.5] + draw.normal(0, 0.1, 30))


def many_columns(draw: Draw) -> pd.DataFrame:
    """More columns than rows."""
    inputs = draw.normal(size=(200, 400))
    return _frame(inputs, inputs[:, :5].sum(1))


def large_offsets(draw: Draw) -> pd.DataFrame:
    """Years, and milliseconds since 1970."""
    years, stamps = draw.uniform(1900, 2020, 500), draw.uniform(1.69e12, 1.7e12, 500)
    return _frame(np.stack([years, stamps], 1), 1e6 + 3 * np.sin((years - 1960) / 20) + (stamps - 1.695e12) / 1e10)


def collinear(draw: Draw) -> pd.DataFrame:
    """Forty columns that all tell nearly the same."""
    common = draw.normal(size=(400, 1))
    return _frame(common + draw.normal(0, 0.01, (400, 40)), common[:, 0] * 5)


def outliers(draw: Draw) -> pd.DataFrame:
    """Prices: most are small, one in a hundred is a thousand times as large."""
    inputs = draw.normal(size=(600, 4))
    prices = np.exp(inputs[:, 0] + 0.5 * inputs[:, 1])
    return _frame(inputs, np.where(draw.random(600) < 0.01, 1000, 1) * prices)


def skewed(draw: Draw) -> pd.DataFrame:
    """Incomes over three powers of ten."""
    inputs = draw.normal(size=(600, 4))
    return _frame(inputs, np.exp(2 * inputs[:, 0] + 0.3 * draw.normal(size=600)))


def sparse(draw: Draw) -> pd.DataFrame:
    """Columns that are 0 but for one row in a hundred, as one-hot columns of rare kinds are."""
    inputs = (draw.random((600, 60)) < 0.01).astype(float)
    return _frame(inputs, inputs @ draw.normal(0, 3, 60) + draw.normal(0, 0.1, 600))


def wave(draw: Draw) -> pd.DataFrame:
    """A wave over one feature."""
    x = draw.uniform(-6, 6, 500)
    return _frame(x[:, None], np.sin(x) + draw.normal(0, 0.1, 500))


MADE: dict[str, Callable[[Draw], pd.DataFrame]] = {
    made.__name__: made
    for made in (
        plain,
        heavy_tails,
        few_rows,
        many_columns,
        large_offsets,
        collinear,
        outliers,
        skewed,
        sparse,
        wave,
    )
}


def content(name: str, seed: int = 0) -> bytes:
    """The CSV file of this table."""
    return MADE[name](np.random.default_rng(seed)).to_csv(index=False).encode()
