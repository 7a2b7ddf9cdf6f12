"""The start: what comes before the first page. `cold` is on the screen while torch is being loaded, in the lab with its
`first` picture; `process` sets what holds for the whole server, and loads what all pages need, and
`end` how it ends.

Imports core, lab, which needs all that, and board. What is done once for all visitors goes here.
"""
