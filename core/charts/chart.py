"""What a chart is: a frame of numbers, and a drawing that shows any such frame.

Everything that moves is in the frame, the ends of the axes too (as invisible corners, see core.charts.axes). So a
drawing is made once and serves every recording of its kind: redrawing means sending a frame and nothing else, and no
axis jumps because of a new drawing. What little it depends on (words such as the size of the probe) is its scene.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from core.charts.ink import Ink, ink
from core.measuring import Recording
from core.registry import Registry

Drawing = alt.LayerChart


class Moment(NamedTuple):
    """What is looked at: a recording, at one of its steps."""

    recording: Recording
    step: int

    @property
    def row(self) -> int:
        """The position of the step on the axis of steps."""
        return self.recording.steps.index(self.step)


def no_scene(recording: Recording) -> Hashable:
    """For a drawing that depends on nothing."""
    return None


@dataclass(frozen=True)
class Chart:
    """One picture of a recording. `chart(recording)` is an Altair chart, `chart.frame_of(recording)` what it draws.

    `see(recording)` says in a sentence or two what to look for. `at_step` tells whether the picture is of one step;
    otherwise it shows all of them. `needs` names a picture or a variable that not every Recording has, and `layers`
    tells whether it needs a hidden layer. Where a browser is slow to draw it, it follows a run at one redraw in
    `every`.
    """

    name: str
    title: str
    see: Callable[[Recording], str]
    at_step: bool
    needs: str | None
    layers: bool
    height: int
    every: int
    frame: Callable[[Moment], pd.DataFrame]
    scene: Callable[[Recording], Hashable]
    draw: Callable[[Any, Ink], Drawing]
    _specs: Callable[[Hashable, bool], dict[str, Any]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_specs", lru_cache(maxsize=32)(self._make_spec))

    def __call__(self, recording: Recording, step: int | None = None, *, dark: bool = False) -> Drawing:
        """The picture as an Altair chart with its data, at `step` (the last one if not given)."""
        drawing = finished(self.draw(self.scene(recording), ink(dark=dark)))
        drawing.data = self.frame_of(recording, step)
        sized: Drawing = drawing.properties(height=self.height, width=420)
        return sized

    def svg(self, recording: Recording, step: int | None = None, *, dark: bool = False) -> str:
        """The picture as an SVG document."""
        from vl_convert import vegalite_to_svg

        drawing = self(recording, step, dark=dark).properties(title=self.title)
        document: str = vegalite_to_svg(drawing.to_dict(), theme="dark" if dark else None)
        return document

    def fits(self, recording: Recording) -> bool:
        """Whether the recording has what this picture needs."""
        long_enough = self.at_step or len(recording.steps) > 1
        deep_enough = recording.config.depth > 0 or not self.layers
        return long_enough and deep_enough and (self.needs is None or recording.has(self.needs))

    def frame_of(self, recording: Recording, step: int | None = None) -> pd.DataFrame:
        """The table that the picture draws, at `step` (the last one if not given)."""
        return self.frame(Moment(recording, recording.steps[-1] if step is None else step))

    def spec(self, recording: Recording, *, dark: bool) -> dict[str, Any]:
        """The picture as Vega-Lite without data; the same object for all recordings of one scene."""
        return self._specs(self.scene(recording), dark)

    def _make_spec(self, scene: Hashable, dark: bool) -> dict[str, Any]:
        return as_spec(self.draw(scene, ink(dark=dark)))


def layered(*layers: alt.Chart) -> Drawing:
    """The charts drawn over one another, the first at the bottom."""
    return alt.LayerChart(layer=list(layers))


def finished(drawing: Drawing) -> Drawing:
    """The drawing as it is shown: screen readers skip its marks and read the chart's description instead.

    Numbers stand beside what they name, also at the ends of the vertical axis.
    """
    done: Drawing = drawing.configure_mark(aria=False).configure_axisY(labelFlush=False)
    return done


def as_spec(drawing: Drawing) -> dict[str, Any]:
    """The drawing as Vega-Lite without data."""
    # Checking against the schema takes as long as all the rest; the tests do it for every chart.
    spec: dict[str, Any] = finished(drawing).to_dict(validate=False)
    return {key: value for key, value in spec.items() if key not in ("data", "$schema")}


def spec_of(draw: Callable[..., Drawing]) -> Callable[..., dict[str, Any]]:
    """Make of a function that draws with an Ink, its last argument, one that gives Vega-Lite without data.

    It takes the other arguments and `dark`, and draws once for each choice of them: that takes longer than all else.
    """

    @lru_cache(maxsize=64)
    @wraps(draw)
    def spec(*scene: Hashable, dark: bool) -> dict[str, Any]:
        return as_spec(draw(*scene, ink(dark=dark)))

    return spec


charts: Registry[Chart] = Registry("chart")


def chart(
    title: str,
    *,
    see: str | Callable[[Recording], str],
    frame: Callable[[Moment], pd.DataFrame],
    scene: Callable[[Recording], Hashable] = no_scene,
    at_step: bool = False,
    needs: str | None = None,
    layers: bool = True,
    height: int = 300,
    every: int = 1,
) -> Callable[[Callable[[Any, Ink], Drawing]], Chart]:
    """Register the decorated function, which draws a scene, as a chart."""

    def register(draw: Callable[[Any, Ink], Drawing]) -> Chart:
        words = see if callable(see) else lambda recording: see
        entry = Chart(draw.__name__, title, words, at_step, needs, layers, height, every, frame, scene, draw)
        return charts.add(draw.__name__, entry, draw.__doc__)

    return register
