"""Measuring: what is seen of a network, and the Recording that keeps it.

`measures` is the registry, `histograms` counts, `snapshot` is one look, `pictures` what a network says of the plane,
`recorder` keeps looks, `recording` is what is handed on. Imports networks and what is below. A new measure is one
function in `measures`.
"""

from core.measuring.recording import Recording

__all__ = ["Recording"]
