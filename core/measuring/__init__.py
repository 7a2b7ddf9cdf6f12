"""Measuring: what is seen of a network, and the Recording that keeps it.

`measures` is the registry, `look` what they look at, a value a layer, and `histograms` counts. `snapshot` looks at a
network of the app; `given` is what is known of samples before that; whoever knows another network makes layers of its
own. `rows` measures looks and writes them to a `sink`, `recorder` does so for the networks of an Ensemble, `pictures`
is what a network says of the plane, `body` the network itself where it is small, `deaths` tells which units are dead in
the end, `recording` is what is handed on, `tables` the same as a table, and `rounding` tells which of its gradients are
nothing else. Imports array, choices, config, datasets, memory, networks and registry. A new measure is one function in
`measures`.
"""

from core.measuring.recording import Recording

__all__ = ["Recording"]
