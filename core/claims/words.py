"""What is said of claims, of their cases and of what was found."""

from math import inf, isnan

import pandas as pd

from core.claims.claim import Case, Evidence, Subject, Verdict
from core.words.numbers import spelled
from core.words.said import said

FAILED = "Its experiment failed with {kind}: {problem}"
VERDICTS = {
    Verdict.HOLDS: "holds",
    Verdict.HOLDS_IF: "holds if …",
    Verdict.DOES_NOT_HOLD: "does not hold",
}
SUBJECTS = {
    Subject.PERCEPTRON: "The perceptron",
    Subject.ACTIVATIONS: "Activation functions",
    Subject.GRADIENTS: "Gradients",
    Subject.DEAD: "Dead units",
    Subject.INITIALIZATION: "Initialization",
    Subject.BATCH_NORM: "Batch normalization",
    Subject.PREPROCESSING: "Preprocessing",
    Subject.OPTIMIZERS: "Optimizers",
    Subject.NETWORKS: "Networks for MNIST",
    Subject.BABYSITTING: "Watching it learn",
    Subject.SEARCHING: "Searching",
    Subject.CODE: "Code",
}


def name_of(case: Case) -> str:
    """The situation of a case."""
    return said(case.template, **case.filled)


def predicted_of(case: Case) -> str:
    """What the claim expects in a case."""
    return between(case.low, case.high)


def between(low: float, high: float) -> str:
    """The numbers from one to the other."""
    if spelled(low) == spelled(high):
        return spelled(low)
    if low == -high:
        return f"0 ± {spelled(high)}"
    if low == -inf:
        return said("at most {high}", high=spelled(high))
    if high == inf:
        return said("at least {low}", low=spelled(low))
    return said("{low} to {high}", low=spelled(low), high=spelled(high))


def condition(finding: Evidence) -> str:
    """The cases in which the claim holds, and those in which it does not."""
    sides = {True: "As predicted: {names}.", False: "Not as predicted: {names}."}
    told = []
    for side, template in sides.items():
        names = [name_of(case) for case in finding.cases if case.as_predicted is side]
        if names:
            told.append(said(template, names="; ".join(names)))
    return " ".join(told)


def found(finding: Evidence) -> str:
    """The number found, or from the smallest to the largest of several."""
    numbers = [case.found for case in finding.cases]
    if any(map(isnan, numbers)):
        return ", ".join(map(spelled, numbers))
    low, high = spelled(min(numbers)), spelled(max(numbers))
    return low if low == high else said("{low} to {high}", low=low, high=high)


def predicted(finding: Evidence) -> str:
    """The number that the claim predicts, or all that it predicts for several cases."""
    return "; ".join(dict.fromkeys(map(predicted_of, finding.cases)))


def table(finding: Evidence) -> pd.DataFrame:
    """A row for each case: what was predicted and found, and whether they agree."""
    answers = {True: said("yes"), False: said("no")}
    rows = [
        (name_of(case), predicted_of(case), spelled(case.found), answers[case.as_predicted]) for case in finding.cases
    ]
    return pd.DataFrame(rows, columns=[said(name) for name in ("Case", "Predicted", "Found", "As predicted")])
