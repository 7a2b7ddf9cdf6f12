"""What every drawing must be: valid, and of columns that its frame has."""

from typing import Any

import altair as alt
import pandas as pd

_valid: dict[int, dict[str, Any]] = {}  # a drawing is made once and shown often; one that is kept here keeps its id


def assert_valid(spec: dict[str, Any]) -> None:
    """Whether the drawing, together with a frame, is valid Vega-Lite."""
    assert "data" not in spec
    if id(spec) not in _valid:
        alt.LayerChart.validate({**spec, "data": {"name": "data"}})
        _valid[id(spec)] = spec


def assert_drawn_from(spec: dict[str, Any], frame: pd.DataFrame) -> None:
    """Whether the drawing is valid Vega-Lite, and every column that it draws is in the frame."""
    assert_valid(spec)
    for layer in spec["layer"]:
        for channel in layer["encoding"].values():
            for one in channel if isinstance(channel, list) else [channel]:
                assert "field" not in one or one["field"] in frame, one
