"""Numbers as text: the one place that decides how a reader sees them."""

from math import copysign, isfinite, isinf, isnan

from core.words.said import said

NAMED = {10**9: "{number} billion", 10**6: "{number} million"}


def readable(number: float) -> str:
    """A number with three digits: 0.0123, 2.30, 1.30e-07, NaN, infinite."""
    return f"{number:#.3g}".rstrip(".") if isfinite(number) else "NaN" if isnan(number) else "infinite"


def spelled(number: float) -> str:
    """A number with three digits, with the sign of a zero: 1.76, −0, −∞, NaN."""
    if isnan(number):
        return "NaN"
    size = "∞" if isinf(number) else f"{abs(number):.3g}"
    return f"−{size}" if copysign(1, number) < 0 else size


def spoken(number: float) -> str:
    """A number with three digits and no powers of ten: 55.5, 2,340, 29.8 million."""
    if number < 1000:
        return readable(number)
    for size, words in NAMED.items():
        if number >= size:
            return said(words, number=f"{float(f'{number / size:.3g}'):,g}")
    return f"{float(f'{number:.3g}'):,.0f}"
