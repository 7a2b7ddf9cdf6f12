"""Sweeps: hundreds of networks over the values of a few knobs, by the loop that trains one.

`grid` and `knobs` say which, `chunks` trains those of one shape in one pass, `sweeps` all of them, `outcomes` makes a
number of what became of each, `runs` a Recording, `maps` and `search` are what the pages ask for, `stored` has the
first map finished, `estimate` says how long it will take, `words` says what is not possible. Imports array, choices,
config, datasets, measuring, memory, networks, registry, training, words and work. A new outcome is one function in
`outcomes`, a strategy of search one in `search`.
"""

from core.sweeps.grid import grid
from core.sweeps.sweeps import sweep

__all__ = ["grid", "sweep"]
