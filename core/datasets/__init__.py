"""Data sets: what a network learns from, before anything is chosen or scaled.

`datasets` is the registry, `samples` what an entry gives, `downloads` what is had once and `fetching` how it comes,
`csv_file` and `uploads` the visitor's own table; `words` tells of it, and why data cannot be had. Imports memory,
registry, words and torch. A new data set is one function in `datasets`.
"""

from core.datasets.datasets import datasets
from core.datasets.samples import DataUnavailable

__all__ = ["DataUnavailable", "datasets"]
