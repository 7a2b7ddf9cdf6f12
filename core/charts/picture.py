"""What a picture is: a frame of numbers, a drawing that shows any such frame, and the words that belong to it.

    @picture(
        "The loss on the way",
        see="Medians of {runs} orders of the samples.",
        frame=losses_frame,
        fill=lambda descents: {"runs": descents.sizes["run"]},
        examples=lambda: [(descents(1, 0.2),)],
    )
    def losses(ink: Ink) -> Drawing:
        \"\"\"The loss of both kinds of inputs over the steps, on a logarithmic axis.\"\"\"

Everything that moves is in the frame, the ends of the axes too (as invisible corners, see core.charts.axes). So a
drawing is made once and serves every value of its kind: redrawing means sending a frame and nothing else, and no axis
jumps because of a new drawing. What little it depends on is its scene.

The words are templates, filled by what `fill` finds in what is shown; the docstring is what a screen reader says.
`examples` are values to show, each a tuple of what `frame` takes: one test walks the registry and draws them all, in
both themes. They are found when a test asks for them, so that importing a drawing does not import its experiment.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import cleandoc
from typing import Any

import altair as alt
import pandas as pd
from altair.utils.data import to_values

from core.charts.ink import ink
from core.registry import Registry
from core.words.said import Language, language, said

HEIGHT, WIDTH = 300, 420  # pixels; on a page a picture is as wide as its place
LARGE = "large"  # the parameter of each drawing: how large its letters are, of what is usual
# The parameters of each drawing for the layers that are marked on axes of layers: where the cause of what is wrong was
# found, and where anything else was.
FOUND, ALSO = "found", "also"
Drawing = alt.LayerChart
Scene = tuple[Hashable, ...]
Wording = str | Callable[..., str]  # a template, or what gives one for what is shown


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing of values of one kind: `picture(*shown)` is an Altair chart, `picture.frame_of(*shown)` its table.

    `name` is its id: the stem of its lesson or page, a dot, and its function. `draw` takes the scene and an Ink.
    """

    name: str
    title: Wording
    see: Wording
    alt: Wording
    frame: Callable[..., pd.DataFrame]
    fill: Callable[..., Mapping[str, Any]]
    scene: Callable[..., Scene]
    draw: Callable[..., Drawing]
    examples: Callable[[], Iterable[tuple[Any, ...]]]
    height: int | Callable[..., int] = HEIGHT
    _specs: Callable[[Scene, bool, Language], dict[str, Any]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_specs", lru_cache(maxsize=64)(self._make_spec))

    def __call__(self, *shown: Any, dark: bool = False) -> Drawing:
        """The picture as an Altair chart with its data."""
        drawing = finished(self.draw(*self.scene(*shown), ink(dark=dark)))
        drawing.data = self.frame_of(*shown)
        sized: Drawing = drawing.properties(height=self.height_of(*shown), width=WIDTH)
        return sized

    def svg(self, *shown: Any, dark: bool = False) -> str:
        """The picture as an SVG document."""
        from vl_convert import vegalite_to_svg

        size = {"title": self.title_of(*shown), "height": self.height_of(*shown), "width": WIDTH}
        drawing = {**self.spec(*shown, dark=dark), **size, "data": to_values(self.frame_of(*shown))}
        document: str = vegalite_to_svg(drawing, theme="dark" if dark else None)
        return document

    def frame_of(self, *shown: Any) -> pd.DataFrame:
        """The table that the picture draws."""
        return self.frame(*shown)

    def spec(self, *shown: Any, dark: bool) -> dict[str, Any]:
        """The picture as Vega-Lite without data; the same object for all values of one scene, in one language."""
        return self.spec_of(self.scene(*shown), dark=dark)

    def spec_of(self, scene: Scene, *, dark: bool) -> dict[str, Any]:
        """The same for a scene."""
        return self._specs(scene, dark, language())

    def title_of(self, *shown: Any) -> str:
        """What stands above the picture."""
        return self._said(self.title, *shown)

    def sentence_of(self, *shown: Any) -> str:
        """What to see in the picture."""
        return self._said(self.see, *shown)

    def alt_of(self, *shown: Any) -> str:
        """What a screen reader says instead of the picture."""
        return f"{self.title_of(*shown)}. {self._said(self.alt, *shown)}"

    def height_of(self, *shown: Any) -> int:
        """How high the picture is, in pixels."""
        return self.height(*shown) if callable(self.height) else self.height

    def _said(self, words: Wording, *shown: Any) -> str:
        return said(words(*shown) if callable(words) else words, **self.fill(*shown))

    def _make_spec(self, scene: Scene, dark: bool, language: Language) -> dict[str, Any]:
        return as_spec(self.draw(*scene, ink(dark=dark)))


def layered(*layers: alt.Chart) -> Drawing:
    """The charts drawn over one another, the first at the bottom."""
    return alt.LayerChart(layer=list(layers))


def finished(drawing: Drawing) -> Drawing:
    """The drawing as it is shown: screen readers skip its marks and read the chart's description instead.

    Numbers stand beside what they name, also at the ends of the vertical axis. Whoever shows it can make its letters
    larger by its parameter, and mark layers by two others.
    """
    done: Drawing = drawing.configure_mark(aria=False).configure_axisY(labelFlush=False)
    others = done.params if isinstance(done.params, list) else []
    marked = [alt.VariableParameter(name=name, value=[]) for name in (FOUND, ALSO)]
    done.params = [*others, alt.VariableParameter(name=LARGE, value=1), *marked]
    return done


def as_spec(drawing: Drawing) -> dict[str, Any]:
    """The drawing as Vega-Lite without data."""
    described = finished(drawing)
    described.data = alt.NamedData("frame")  # else each layer gets an empty table of its own
    # Checking against the schema takes as long as all the rest; the tests do it for every picture.
    spec: dict[str, Any] = described.to_dict(validate=False)
    return {key: value for key, value in spec.items() if key not in ("data", "$schema")}


pictures: Registry[Picture] = Registry("picture")


def picture(
    title: Wording,
    *,
    see: Wording,
    frame: Callable[..., pd.DataFrame],
    examples: Callable[[], Iterable[tuple[Any, ...]]],
    alt: Wording | None = None,
    fill: Callable[..., Mapping[str, Any]] = lambda *shown: {},
    scene: Callable[..., Scene] = lambda *shown: (),
    height: int | Callable[..., int] = HEIGHT,
) -> Callable[[Callable[..., Drawing]], Picture]:
    """Register the decorated function, which draws a scene with an Ink, as a picture of a lesson or a page.

    Its docstring is what a screen reader says; `alt` takes its place where that depends on what is shown.
    """

    def register(draw: Callable[..., Drawing]) -> Picture:
        stem = draw.__module__.removeprefix("core.charts.").removeprefix("experiments.")
        entry = Picture(
            name=f"{stem}.{draw.__name__}",
            title=title,
            see=see,
            alt=alt or first_paragraph(draw),
            frame=frame,
            fill=fill,
            scene=scene,
            draw=draw,
            examples=examples,
            height=height,
        )
        return pictures.add(entry.name, entry, draw.__doc__)

    return register


def first_paragraph(draw: Callable[..., Drawing]) -> str:
    """What the docstring of a drawing says to a reader."""
    return cleandoc(draw.__doc__ or "").split("\n\n")[0].replace("\n", " ")
