"""Paths over the losses of two weights in `landscapes`, and the race on digits in `race`."""
