"""Paths of optimizers over losses of two weights, and a race between them on digits."""
