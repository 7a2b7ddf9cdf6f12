"""What the lectures say, a module or package for each lesson: every module here is imported by `core.claims`.

Imports claims, for what one is and for the lectures, and what is below. A new claim is one decorated function, in the
file of its lesson or in a new one.
"""
