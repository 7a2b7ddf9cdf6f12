"""The start: what comes before the first page. `cold` is on the screen while torch is being loaded, `process` sets what
holds for the whole server, and loads what all pages need.

Imports core and lab, which needs all that. What is done once for all visitors goes here.
"""
