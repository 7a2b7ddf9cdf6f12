"""Causes: what keeps each network of a map from learning, as the doctor names it.

`judge` asks the doctor of the networks of a sweep, chunk by chunk, as they come in; `stored` has the causes of the map
that the app begins with, found before, of which `__main__` makes the file, and that of the map with it. Imports config,
diagnosis, measuring, sweeps and work. A new rule of the doctor is a cause here as it is.
"""
