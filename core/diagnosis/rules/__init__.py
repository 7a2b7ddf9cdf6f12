"""The rules of diagnosis, one file a family: every module here is imported by `core.diagnosis`, and none by another.

Imports diagnosis, for what a rule is and for the signs, and what is below. A new rule is a decorated function in a new
file, its sentences with it.
"""
