"""Diagnosis: what a Recording says of the health of its network.

`headlines` has the numbers to look at first, `words` what is said of them. Imports the Recording and theory, never
torch. A new symptom is one file.
"""
