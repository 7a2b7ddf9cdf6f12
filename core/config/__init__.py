"""Config: every choice of a run, the seed included, as one frozen value.

`fields` is what a field may be, `declared` what follows from declarations, `setup` and `config` the fields themselves,
`needs` how much memory a run takes, `limits` what fits into it, `tasks` what suits numbers to predict, `chosen` what a
Config chose, `words` how it refuses. Imports choices, datasets, memory, registry and words. A new setting is one field
in `setup` or `config`; what sidebar, links, maps, sweeps and caches do with it, it says itself.
"""

from core.config.config import Config

__all__ = ["Config"]
