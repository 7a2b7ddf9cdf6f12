"""Trials in a square, and folds."""
