"""Paths over the losses of two weights, and the race."""
