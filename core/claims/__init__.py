"""The claims of the lectures, each with its experiment and its verdict.

    from core.claims import check
    check("three_sigmoids").finding.verdict  # does not hold

`claim` says what a claim is, `words` what is said of it, `checks` makes their experiments, `stored` has what these
found before, of which `__main__` makes the file, `lectures` are the sources, `digits` is what several train on. Every
module of `sentences` is imported here, so that a decorated function is all that a new claim needs. Imports array,
config, datasets, measuring, registry, sweeps, training, words and work, and with its sentences all that these train.
"""

from importlib import import_module
from pkgutil import walk_packages

from core.claims import sentences
from core.claims.checks import check, checking, recall
from core.claims.claim import Claim, Evidence, Subject, Verdict, claims
from core.claims.stored import stored_verdict

for _module in walk_packages(sentences.__path__, f"{sentences.__name__}."):
    import_module(_module.name)

__all__ = ["Claim", "Evidence", "Subject", "Verdict", "check", "checking", "claims", "recall", "stored_verdict"]
