"""Charts: Recording -> Altair. One function a picture, each able to hand over the frame it draws.

    from core.charts import charts
    charts["gradient_profile"](recording)                  # an Altair chart of the last step
    charts["gradient_profile"].frame_of(recording, step=0)  # its numbers

Every module of this package is imported here, so that a new file with a decorated function is all that a chart needs.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.charts.chart import Chart, charts

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["Chart", "charts"]
