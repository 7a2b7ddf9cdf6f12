"""Experiments: the numbers of a lesson that no Recording has, one module or package a lesson, named as its page. What
others have printed, for several of them, is in published.py.


Imports what is below (training, sweeps, theory, …), never a chart. A new lesson is one module here, one drawing in
`core.charts.experiments` and one page.
"""
