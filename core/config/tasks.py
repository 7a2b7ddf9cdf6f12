"""Tasks: what suits numbers to predict, where the defaults of the fields suit classes.

The gradient of a cross-entropy is bounded by its inputs, that of a squared error grows with the error, and a fresh
network of the default size is off by several deviations of the target: at the learning rate that suits classes most
regressions leave the range of numbers within ten steps. A smaller rate does so for most tables only, and makes each
slow; which one is small enough depends on features and outliers. A gradient that is cut to length 1 bounds the step
whatever the table holds, and leaves short gradients alone (Pascanu, Mikolov, Bengio 2013). So that is the default of a
regression, and the learning rate is the same for all.

A Config is what it says, in links and scripts too: nothing is changed behind it. Whoever turns from one task to the
other, as the sidebar does when a data set is chosen, asks `turned` what is to change with it; `suited` is for scripts.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.config.config import Config
from core.config.words import CLIPPED
from core.datasets import DataUnavailable, datasets
from core.datasets.uploads import recall
from core.words.said import Sentence

NUMBERS = {"clip_norm": 1.0}  # fields whose default is another one where numbers are predicted


def predicts_numbers(values: Mapping[str, Any]) -> bool:
    """Whether the data set of these settings is known to be a regression. A table that is not here is not."""
    classes = datasets[values["dataset"]].classes
    if classes is not None:
        return classes == 0
    try:
        return not recall(values["table"]).classes
    except DataUnavailable:
        return False


def turned(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is to change in the settings, as they predict something else than those before: the defaults of the one task
    become those of the other, and what was chosen by hand stays."""
    old, new = (_defaults(predicts_numbers(each)) for each in (before, values))
    return {name: default for name, default in new.items() if values[name] == old[name] != default}


def suited(config: Config) -> Config:
    """The Config with the defaults of its task, where it says nothing else."""
    return replace(config, **turned(config.to_dict(), Config.default().to_dict()))


def told(values: Mapping[str, Any]) -> Sentence | None:
    """Which default is another one where numbers are predicted, as long as it is; else None."""
    if predicts_numbers(values) and all(values[name] == default for name, default in NUMBERS.items()):
        return Sentence(CLIPPED, most=NUMBERS["clip_norm"])
    return None


def _defaults(numbers: bool) -> dict[str, Any]:
    return NUMBERS if numbers else {name: getattr(Config.default(), name) for name in NUMBERS}
