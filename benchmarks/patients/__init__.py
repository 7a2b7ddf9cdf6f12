"""Patients: healthy and sick networks whose cause is known by construction, to calibrate and judge a doctor on.

A healthy one is drawn from what is known to train; a sick one is a healthy one with a knob turned wrong, sometimes two.
Whether a network learned is decided by its held-out score alone, which no doctor has a say in. See `__main__` for how
many of them are recorded into a folder.
"""

from benchmarks.patients.healthy import healthy
from benchmarks.patients.sick import Patient, sick
from benchmarks.patients.tables import remember
from benchmarks.patients.truth import learned

__all__ = ["Patient", "healthy", "learned", "remember", "sick"]
