"""Tables: all numbers of a recording as one tidy table, or as a CSV file that is written piece by piece.

The table of a large recording is many times its size, so that no more than a piece of it is ever made at once.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd

from core.memory.gate import GATE

if TYPE_CHECKING:
    import xarray as xr

COLUMNS = ("variable", "step", "diverged", "split", "layer", "unit", "quantile", "bin", "bin_kind", "left", "right")
PIECE_ROWS = 25_000
WRITING = 40_000_000  # bytes that a piece takes, as a table and as text


def pieces(data: "xr.Dataset", most: int = PIECE_ROWS) -> Iterator[pd.DataFrame]:
    """The table of a recording's data, variable by variable, at most so many rows at once, or those of one step."""
    axes = dict.fromkeys(axis for variable in data.data_vars.values() for axis in variable.dims)
    columns = list(dict.fromkeys([*COLUMNS, *axes, "value"]))  # a measure may bring an axis of its own
    steps = data.sizes["step"]
    for name, variable in data.data_vars.items():
        sides = {f"{str(name).removesuffix('_histogram')}_{side}": side for side in ("left", "right")}
        at_once = max(1, most * steps // max(1, variable.size))
        for first in range(0, steps, at_once):
            part = variable.isel(step=slice(first, first + at_once))
            frame = part.to_dataframe(name="value").reset_index().rename(columns=sides)
            table = frame.assign(variable=str(name)).reindex(columns=columns)
            yield table.astype(dict.fromkeys(("layer", "unit", "bin"), "Int64"))


def write_csv(data: "xr.Dataset", file: BinaryIO) -> None:
    """Write the table of a recording's data as text, with the names of its columns in the first line. What is not a
    number is left empty.
    """
    import pyarrow as pa
    from pyarrow import csv

    with GATE.reserve(WRITING):
        for place, piece in enumerate(pieces(data)):
            options = csv.WriteOptions(include_header=place == 0, quoting_style="none", quoting_header="none")
            csv.write_csv(pa.Table.from_pandas(piece, preserve_index=False), file, options)
