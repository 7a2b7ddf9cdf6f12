"""What the lectures say, a module or package for each lesson: every module here is imported by `core.claims`.

Imports what a claim is, the lectures, and what its experiments train. A new claim is one decorated function, in the
file of its lesson or in a new one.
"""
