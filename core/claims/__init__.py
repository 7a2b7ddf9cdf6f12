"""The claims of the lectures, each with its experiment and its verdict.

    from core.claims import check
    check("three_sigmoids").finding.verdict  # does not hold

Every module of this package is imported here, so that a decorated function is all that a claim needs.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.claims.checks import check, checking, recall
from core.claims.claim import Claim, Finding, Subject, Verdict, claims

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["Claim", "Finding", "Subject", "Verdict", "check", "checking", "claims", "recall"]
