"""Work: computing on threads, in turns, and ending with the process; and what was computed before.

`line` is the order of turns, `job` long work with a newest result, `live` a run that can be watched, `progress` how far
either is, `daemons` an executor, `cluster` that of many machines, `words` why there is none, `stored` a file of results
with when and where they were made. Imports config, measuring, training and words. A new way to compute is an executor,
as these are.
"""
