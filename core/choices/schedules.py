"""Schedules: how the learning rate changes during a run.

One decorated function is one schedule: given how many of the `steps` updates of a run are done, it returns the factor
on the learning rate of the next one. `step` runs from 0 to steps − 1.
"""

from collections.abc import Callable
from math import cos, pi

from core.registry import Registry

Schedule = Callable[[int, int], float]

WARM_PART = 0.1  # of a run, in which the learning rate rises

schedules: Registry[Schedule] = Registry("schedule")


def schedule(function: Schedule) -> Schedule:
    """Register the decorated function as a schedule."""
    return schedules.add(function.__name__, function, function.__doc__)


@schedule
def constant(step: int, steps: int) -> float:
    """The learning rate stays as it is."""
    return 1.0


@schedule
def step(step: int, steps: int) -> float:
    """A tenth of the learning rate from half of the steps on, a hundredth from three quarters on."""
    return 0.1 ** ((2 * step >= steps) + (4 * step >= 3 * steps))


@schedule
def linear(step: int, steps: int) -> float:
    """The learning rate falls in a straight line towards 0 at the end."""
    return 1 - step / steps


@schedule
def cosine(step: int, steps: int) -> float:
    """The learning rate falls to 0 along half a cosine wave: slowly, fast, slowly (Loshchilov & Hutter 2017)."""
    return (1 + cos(pi * step / steps)) / 2


@schedule
def warm_up(step: int, steps: int) -> float:
    """The learning rate rises in a straight line over the first tenth of the steps, then stays (Goyal et al. 2017)."""
    return min(1.0, (step + 1) / (WARM_PART * steps))


@schedule
def warm_up_cosine(step: int, steps: int) -> float:
    """Warm-up over the first tenth of the steps, then half a cosine wave down to 0: the custom for transformers."""
    warm = round(WARM_PART * steps)
    return warm_up(step, steps) if step < warm else cosine(step - warm, steps - warm)
