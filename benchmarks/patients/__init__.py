"""Patients: healthy and sick networks whose cause is known by construction, to calibrate and judge a doctor on.

A healthy one is drawn from what is known to train; a sick one is a healthy one with a knob turned wrong, sometimes two:
as in the ward of the app, which has no tables as visitors upload them. Whether a network learned is decided by its
held-out score alone, which no doctor has a say in. See `__main__` for how many of them are recorded into a folder.
"""

from benchmarks.patients.tables import any_table, remember
from benchmarks.patients.truth import learned
from core import Config
from core.diagnosis.patients.healthy import healthy_network
from core.diagnosis.patients.sick import Patient, sick_network


def healthy(seed: int) -> Config:
    """The healthy network of this seed."""
    return healthy_network(seed, any_table)


def sick(seed: int) -> Patient:
    """The sick network of this seed."""
    return sick_network(seed, any_table)


__all__ = ["Patient", "healthy", "learned", "remember", "sick"]
