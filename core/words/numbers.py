"""Numbers as text: the one place that decides how a reader sees them."""

from math import copysign, isfinite, isinf, isnan

from core.words.said import said

NAMED = {10**9: "{number} billion", 10**6: "{number} million"}


def readable(number: float) -> str:
    """A number with three digits: 0.0123, 2.30, 1.30e-07, NaN, infinite."""
    return f"{number:#.3g}".rstrip(".") if isfinite(number) else "NaN" if isnan(number) else "infinite"


def spelled(number: float, digits: int = 3) -> str:
    """A number with so many digits at most, with the sign of a zero: 1.76, 2, −0, −∞, NaN."""
    if isnan(number):
        return "NaN"
    size = "∞" if isinf(number) else f"{abs(number):.{digits}g}"
    return f"−{size}" if copysign(1, number) < 0 else size


def short(number: float) -> str:
    """A number that somebody has set or printed, with all its digits unless it is tiny or huge: 0.9772, 1500, 1e-5."""
    if number == 0 or 1e-3 <= abs(number) < 1e4:
        return spelled(number, 6)
    return spelled(number).replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def rough(number: float) -> str:
    """A number with one digit, as a logarithmic axis writes it: 1e-4, 0.01, 30."""
    rounded = float(f"{number:.1g}")
    return f"{rounded:g}" if rounded >= 0.001 else f"{rounded:.0e}".replace("e-0", "e-")


def spoken(number: float) -> str:
    """A number with three digits and no powers of ten: 55.5, 2,340, 29.8 million."""
    if number < 1000:
        return readable(number)
    for size, words in NAMED.items():
        if number >= size:
            return said(words, number=f"{float(f'{number / size:.3g}'):,g}")
    return f"{float(f'{number:.3g}'):,.0f}"
