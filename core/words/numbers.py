"""Numbers as text: the one place that decides how a reader sees them."""

from math import isfinite, isnan


def readable(number: float) -> str:
    """A number with three digits: 0.0123, 2.30, 1.30e-07, NaN, infinite."""
    return f"{number:#.3g}".rstrip(".") if isfinite(number) else "NaN" if isnan(number) else "infinite"
