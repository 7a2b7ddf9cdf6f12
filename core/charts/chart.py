"""Charts: the pictures of a Recording, at one of its steps or over all of them.

charts["gradient_profile"](recording)                   # an Altair chart of the last step
charts["gradient_profile"].frame_of(recording, 0)       # its numbers at step 0
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from core.charts.ink import Ink
from core.charts.picture import HEIGHT, Drawing, Picture, first_paragraph
from core.measuring import Recording
from core.registry import Registry


class Moment(NamedTuple):
    """What is looked at: a recording, at one of its steps."""

    recording: Recording
    step: int

    @property
    def row(self) -> int:
        """The position of the step on the axis of steps."""
        return self.recording.steps.index(self.step)


@dataclass(frozen=True, kw_only=True)
class Chart(Picture):
    """One picture of a recording, shown as (recording, step), where the last step need not be named.

    `at_step` tells whether the picture is of one step; otherwise it shows all of them. `needs` are names of what not
    every Recording has, variables, a picture, "config", and `layers` tells whether it needs a hidden layer. `views` are
    the ids of the views that it stands in, with its rank there. Where a browser is slow to draw it, it follows a run at
    one redraw in `every`.
    """

    at_step: bool
    needs: tuple[str, ...]
    layers: bool
    every: int
    views: Mapping[str, int]

    def fits(self, recording: Recording) -> bool:
        """Whether the recording has what this picture needs."""
        long_enough = self.at_step or len(recording.steps) > 1
        deep_enough = recording.depth > 0 or not self.layers
        return long_enough and deep_enough and all(map(recording.has, self.needs))


charts: Registry[Chart] = Registry("chart")


def chart(
    title: str,
    *,
    see: str,
    frame: Callable[[Moment], pd.DataFrame],
    fill: Callable[[Recording], Mapping[str, Any]] | None = None,
    scene: Callable[[Recording], Hashable] | None = None,
    at_step: bool = False,
    needs: Iterable[str] = (),
    layers: bool = True,
    height: int = HEIGHT,
    every: int = 1,
    views: Mapping[str, int] | None = None,
) -> Callable[[Callable[[Any, Ink], Drawing]], Chart]:
    """Register the decorated function, which draws a scene, as a chart. Without a `scene`, that is None.

    `fill` gives what `see` is filled with, where that depends on the recording.
    """

    def register(draw: Callable[[Any, Ink], Drawing]) -> Chart:
        entry = Chart(
            name=draw.__name__,
            title=title,
            see=see,
            alt=first_paragraph(draw),
            frame=lambda recording, step=None: frame(Moment(recording, recording.steps[-1] if step is None else step)),
            fill=lambda recording, step=None: fill(recording) if fill else {},
            scene=lambda recording, step=None: (scene(recording) if scene else None,),
            draw=draw,
            examples=list,  # none of its own: tests show it all their situations
            height=height,
            at_step=at_step,
            needs=tuple(needs),
            layers=layers,
            every=every,
            views=views or {},
        )
        return charts.add(draw.__name__, entry, draw.__doc__)

    return register


def charts_in(view: str) -> list[str]:
    """The names of the charts that stand in a view, in their order there."""
    ranks = {name: entry.views[view] for name, entry in charts.items() if view in entry.views}
    return sorted(ranks, key=ranks.__getitem__)
