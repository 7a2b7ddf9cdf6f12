"""The doctor: asks all rules, and puts causes before consequences.

    diagnosis = diagnose(record(config))
    diagnosis.verdict, diagnosis.cause.rule, diagnosis.cause.knobs

A network that learned is alive. Of one that did not, the first finding that keeps a network from learning is the cause:
rules are ranked by how early in the life of a network they look, data before weights, weights before steps, steps
before results, so what follows from something else comes after it. Before training, nobody knows whether a network will
learn; it is called sick, or dead, if something is found that keeps others from it, and unknown if that is in doubt.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from core.diagnosis import rules as families
from core.diagnosis.finding import DOUBT, FATAL, HARM, Diagnosis, Finding, Health
from core.diagnosis.rule import rules
from core.diagnosis.signs import Signs
from core.measuring import Recording

MEASURED = (  # what a sweep has to measure for its networks to be judged
    *("activation_mean", "activation_std", "activation_sample_std", "saturated_fraction", "dead_fraction"),
    *("gradient_rms", "weight_gradient_norm", "weight_norm", "weight_spread", "update_ratio"),
)

for _module in iter_modules(families.__path__):
    import_module(f"{families.__name__}.{_module.name}")


def diagnose(recording: Recording) -> Diagnosis:
    """What is wrong with the network of a recording, or that nothing is. Never raises, whatever the recording lacks."""
    signs = Signs(recording)
    in_order = sorted(rules.values(), key=lambda rule: rule.rank)
    with np.errstate(all="ignore"):  # what is sick may be infinite
        findings = tuple(rule(signs) for rule in in_order)
    causes = [finding for finding in findings if finding.severity >= HARM]
    cause = causes[0] if causes and not signs.learned else None
    return Diagnosis(_verdict(signs, findings, cause), cause, findings)


def _verdict(signs: Signs, findings: Sequence[Finding], cause: Finding | None) -> Health:
    if signs.learned:
        return "alive"
    if cause is not None:
        return "dead" if cause.severity == FATAL or signs.diverged else "sick"
    in_doubt = any(finding.severity == DOUBT for finding in findings)
    return "alive" if (signs.runs or not signs.trained) and not in_doubt else "unknown"
