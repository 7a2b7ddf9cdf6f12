"""Networks: what a Config builds, with the samples it learns from and what moves its weights.

`data` has the samples of a Config, `network` builds, `ensemble` holds many networks of one shape, `updater` takes a
step, `curves` has φ and its slope for numpy, `threads` is on how many threads torch computes, `plain` writes a Config
as a program of PyTorch alone. Imports array, choices, config, datasets and memory. A new kind of layer goes into
`network`, with its name in the Config.
"""

from core.networks.network import build

__all__ = ["build"]
