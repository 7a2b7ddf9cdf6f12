"""Charts: Recording -> Altair. One function a picture, each able to hand over the frame it draws.

    from core.charts import charts
    charts["gradient_profile"](recording)                  # an Altair chart of the last step
    charts["gradient_profile"].frame_of(recording, step=0)  # its numbers

Every module of `recording` is imported here, so that a new file with a decorated function is all that a chart needs.
Drawings of lessons stand in `experiments`, and each is imported by the page that shows it. The kit is `chart`,
`frames`, `axes` and `ink`; `heat`, `trials`, `claims` and `anything` are the pictures of other pages. Imports what it
draws, as types only where that trains networks.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.charts import recording
from core.charts.chart import Chart, charts

for _module in iter_modules(recording.__path__):
    import_module(f"{recording.__name__}.{_module.name}")

__all__ = ["Chart", "charts"]
