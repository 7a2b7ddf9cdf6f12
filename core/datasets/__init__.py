"""Data sets: what a network learns from, before anything is chosen or scaled.

`datasets` is the registry, `samples` what an entry gives, `downloads` what is had once and `fetching` how it comes.
The visitor's own file goes through `letters` or `workbooks`, its text, `csv_file`, its lines, `columns`, what each
holds, and `sheets`, what can be made of it, to `uploads`, which keeps the table; `words` tells of it, and why data
cannot be had. Imports array, memory, registry, words and torch. A new data set is one function in `datasets`.
"""

from core.datasets.datasets import datasets
from core.datasets.samples import DataUnavailable

__all__ = ["DataUnavailable", "datasets"]
