"""The registered charts of a Recording: every module here is imported by `core.charts`, and none by another.

Imports the kit of charts, array, config, measuring, networks, theory and words. A new chart is one file with a
decorated function, which says itself in which views it stands.
"""
