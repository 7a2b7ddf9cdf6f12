"""Paths of optimizers over losses of two weights in `landscapes`, and a race between them on digits in `race`."""
