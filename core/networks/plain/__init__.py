"""Plain: any Config as a program of plain PyTorch that owes nothing to this project, and as a notebook.

    from core import script
    print(script(Config(activation="tanh")))

What a Config chooses stands in the script as it is defined here: `source` takes the definitions, with all that they
need, out of their modules. So the script computes what the app does, to the bit, and a new choice is in it at once.
Around them stand `data`, `network`, and in `script` the loop and the look at dead units and gradients. `notebook` cuts
a script into cells. Imports choices, config, datasets and networks. A new part of all scripts goes into `script`.
"""

from core.networks.plain.script import script

__all__ = ["script"]
