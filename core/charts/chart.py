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


class UnitPlace(NamedTuple):
    """A unit by its place: its hidden layer and its number there, both counted from 1."""

    layer: int
    number: int

    def within(self, recording: Recording) -> "UnitPlace":
        """This unit, or the nearest that a network has."""
        layer = min(max(1, self.layer), max(1, recording.depth))
        width = int(recording.layer_widths[layer - 1]) if recording.depth else 1
        return UnitPlace(layer, min(max(1, self.number), width))


FIRST_UNIT = UnitPlace(1, 1)


class Moment(NamedTuple):
    """What is looked at: a recording, at one of its steps, and in some charts one of its units."""

    recording: Recording
    step: int
    unit: UnitPlace = FIRST_UNIT

    @property
    def row(self) -> int:
        """The position of the step on the axis of steps."""
        return self.recording.steps.index(self.step)


@dataclass(frozen=True, kw_only=True)
class Chart(Picture):
    """One picture of a recording, shown as (recording, step, unit), where the last step and the first unit need not be
    named.

    `at_step` tells whether the picture is of one step; otherwise it shows all of them. `needs` are names of what not
    every Recording has, variables, a picture, "config", and `layers` tells whether it needs a hidden layer. `views` are
    the ids of the views that it stands in, with its rank there; or it `zooms` another chart, whose place it takes where
    that is wanted. Where a browser is slow to draw it, it follows a run at one redraw in `every`. `picks` are the marks
    of units, of which a click chooses one; pictures `of_unit` show it.
    """

    at_step: bool
    needs: tuple[str, ...]
    layers: bool
    every: int
    picks: tuple[str, ...]
    of_unit: bool
    views: Mapping[str, int]
    zooms: str

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
    picks: Iterable[str] = (),
    of_unit: bool = False,
    views: Mapping[str, int] | None = None,
    zooms: str = "",
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
            frame=lambda recording, *at: frame(_moment(recording, *at)),
            fill=lambda recording, *at: fill(recording) if fill else {},
            scene=lambda recording, *at: (scene(recording) if scene else None,),
            draw=draw,
            examples=list,  # none of its own: tests show it all their situations
            height=height,
            at_step=at_step,
            needs=tuple(needs),
            layers=layers,
            every=every,
            picks=tuple(picks),
            of_unit=of_unit,
            views=views or {},
            zooms=zooms,
        )
        return charts.add(draw.__name__, entry, draw.__doc__)

    return register


def _moment(recording: Recording, step: int | None = None, unit: UnitPlace = FIRST_UNIT) -> Moment:
    return Moment(recording, recording.steps[-1] if step is None else step, unit.within(recording))


def charts_in(view: str) -> list[str]:
    """The names of the charts that stand in a view, in their order there."""
    ranks = {name: entry.views[view] for name, entry in charts.items() if view in entry.views}
    return sorted(ranks, key=ranks.__getitem__)


def zoomed_in(names: Iterable[str]) -> list[str]:
    """The names of the charts that zoom these, or else these."""
    closer = {entry.zooms: name for name, entry in charts.items() if entry.zooms}
    return [closer.get(name, name) for name in names]
