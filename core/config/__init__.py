"""Config: every choice of a run, the seed included, as one frozen value.

`fields` is what a field may be, `declared` what follows from declarations, `config` the fields themselves, `limits`
what fits into the memory, `chosen` what a Config chose. Imports the choices and the data sets by name. A new setting is
one field in `config`.
"""

from core.config.config import Config

__all__ = ["Config"]
