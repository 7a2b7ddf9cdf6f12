"""What every drawing of a lesson must be: valid, and of columns that its frame has."""

from typing import Any

import altair as alt
import pandas as pd


def assert_drawn_from(spec: dict[str, Any], frame: pd.DataFrame) -> None:
    """Whether the drawing is valid Vega-Lite, and every column that it draws is in the frame."""
    alt.LayerChart.from_dict({**spec, "data": {"name": "data"}}).to_dict()
    for layer in spec["layer"]:
        for channel in layer["encoding"].values():
            for one in channel if isinstance(channel, list) else [channel]:
                assert "field" not in one or one["field"] in frame, one
