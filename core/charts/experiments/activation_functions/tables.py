"""Tables of activation functions: their numbers as text, their words, and what is said below them."""

from typing import TYPE_CHECKING

import pandas as pd

from core.words.numbers import spelled
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

SIDES = {"never": "nowhere", "left": "on the left", "right": "on the right", "both": "on both sides"}
DIRECTIONS = {
    "forward": "Forward, ns an element: median (quartiles)",
    "backward": "Backward, ns an element: median (quartiles)",
}
WAYS = {"maximum": "np.maximum(0, x)", "product": "x * (x > 0)"}  # code, the same in every language
PROPERTIES_SAY = (
    "A function saturates on the side on which its slope goes to 0. The last columns are computed in float32: where a "
    "formula has −∞ · 0 or −∞ ÷ ∞ in it, the answer is NaN."
)
COSTS_SAY = (
    "For {elements:,} numbers of float32 at a time, on the machine that serves this page, when the button was pressed. "
    "In a network, matrix products cost far more than this."
)
WAYS_SAY = "Two ways to write ReLU, as NumPy computes them here. They differ at −∞, and in the sign of zeros."


def properties_table(properties: "xr.Dataset") -> pd.DataFrame:
    """A row for each activation: what is known of it, and what it makes of special numbers."""
    low, high, slope = (map(spelled, properties[name].values.tolist()) for name in ("low", "high", "max_slope"))
    columns = {
        said("Range"): [said("{low} to {high}", low=ends[0], high=ends[1]) for ends in zip(low, high, strict=True)],
        said("Zero-centred"): [said("yes" if centred else "no") for centred in properties["zero_centred"].values],
        said("Saturates"): [said(SIDES[side]) for side in properties["saturates"].values],
        said("Largest |φ′|"): list(slope),
    }
    answers = {f"φ({number})": words for number, words in _answers(properties).items()}
    return pd.DataFrame(columns | answers, index=pd.Index(properties["activation"].values.tolist(), name="φ"))


def costs_table(costs: "xr.Dataset") -> pd.DataFrame:
    """A row for each activation: the median over the rounds, and the quartiles, of both directions."""
    quartiles = costs["nanoseconds"].quantile((0.25, 0.5, 0.75), "round")
    columns = {said(DIRECTIONS[way]): _with_spread(quartiles.sel(direction=way)) for way in costs["direction"].values}
    return pd.DataFrame(columns, index=pd.Index(costs["activation"].values.tolist(), name="φ"))


def _with_spread(quartiles: "xr.DataArray") -> list[str]:
    rows = quartiles.transpose("activation", "quantile").values
    return [f"{spelled(median)} ({said('{low:.3g} to {high:.3g}', low=low, high=high)})" for low, median, high in rows]


def ways_table(ways: "xr.Dataset") -> pd.DataFrame:
    """A row for each way of writing ReLU, a column for each number that it is asked."""
    columns = {f"x = {number}": words for number, words in _answers(ways).items()}
    codes = [WAYS[way] for way in ways["way"].values]
    return pd.DataFrame(columns, index=pd.Index(codes, name=said("ReLU")))


def _answers(found: "xr.Dataset") -> dict[str, list[str]]:
    """What became of each number that was asked, by the number."""
    each = (found.sel(asked=asked) for asked in found["asked"].values)
    return {spelled(one["number"].item()): list(map(spelled, one["answer"].values.tolist())) for one in each}
