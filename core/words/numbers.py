"""Numbers as text: the one place that decides how a reader sees them."""

from math import copysign, isfinite, isinf, isnan


def readable(number: float) -> str:
    """A number with three digits: 0.0123, 2.30, 1.30e-07, NaN, infinite."""
    return f"{number:#.3g}".rstrip(".") if isfinite(number) else "NaN" if isnan(number) else "infinite"


def spelled(number: float) -> str:
    """A number with three digits, with the sign of a zero: 1.76, −0, −∞, NaN."""
    if isnan(number):
        return "NaN"
    size = "∞" if isinf(number) else f"{abs(number):.3g}"
    return f"−{size}" if copysign(1, number) < 0 else size
