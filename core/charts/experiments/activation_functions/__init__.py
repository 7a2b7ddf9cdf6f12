"""What activation functions answer, their slopes, what passes through one of them, and what is known of them in tables.

`shapes` draws curves, `passing` histograms; `tables` has the words of tables.
"""

from core.charts.experiments.activation_functions.passing import met_slopes, outputs
from core.charts.experiments.activation_functions.shapes import DASHES, MOST, answers, slopes
from core.charts.experiments.activation_functions.tables import (
    COSTS_SAY,
    PROPERTIES_SAY,
    WAYS_SAY,
    costs_table,
    properties_table,
    ways_table,
)

__all__ = [
    "COSTS_SAY",
    "DASHES",
    "MOST",
    "PROPERTIES_SAY",
    "WAYS_SAY",
    "answers",
    "costs_table",
    "met_slopes",
    "outputs",
    "properties_table",
    "slopes",
    "ways_table",
]
