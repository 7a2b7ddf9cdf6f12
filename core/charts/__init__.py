"""Charts: pictures of numbers, in Altair and nowhere else.

    from core.charts import charts
    charts["gradient_profile"](recording)               # an Altair chart of the last step
    charts["gradient_profile"].frame_of(recording, 0)   # its numbers at step 0

`picture` is the one type of all pictures, `chart` those of a Recording; `frames`, `axes` and `ink` are the kit, with
`raster` for small pictures in a picture, and `cells` for the units of a network that is drawn as a body. `recording`
has the registered charts of a Recording; every module of it is imported here, so a new chart is one file there.
Drawings of lessons stand in `experiments`, each imported by the page that shows it; `heat`, `causes`, `trials`,
`claims`, `remedies`, `anything` and `glimpse` are the pictures of other pages. Imports altair, array, claims, config,
diagnosis, measuring, registry, sweeps, training and words: the kinds of values that it draws, and for examples what
makes them.

What they draw comes with its names and axes, so importing these charts imports no experiment: beyond a Recording, which
whoever draws one has, only theory, curves of networks and what stands here. A Recording needs the Config, and that the
choices and data sets; charts alone would load these as well.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.charts import recording
from core.charts.chart import Chart, charts, charts_in, zoomed_in

for _module in iter_modules(recording.__path__):
    import_module(f"{recording.__name__}.{_module.name}")

__all__ = ["Chart", "charts", "charts_in", "zoomed_in"]
