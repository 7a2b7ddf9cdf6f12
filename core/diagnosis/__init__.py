"""Diagnosis: what a Recording says of the health of its network.

`headlines` has the numbers to look at first, `moments` the steps at which something happened, `words` what is said of
them. Imports array, config, datasets, measuring, networks and words, never torch. A new headline is a function in
`headlines` and its sentence in `words`.
"""
