"""The Lab: `lab` is what stands there, `run_controls` its buttons, `views` which charts stand together, and `runs`
where the run of a session lies until the visitor leaves.

Imports core and ui. A new view is one name in `views`; the charts say themselves where they stand.
"""
