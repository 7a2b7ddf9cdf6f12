"""Numbers as text: the one place that decides how a reader sees them."""

from math import copysign, isfinite, isinf, isnan
from sys import float_info

from core.words.said import said

NAMED = {10**9: "{number} billion", 10**6: "{number} million"}
SPOKEN = 10**12  # from here on, not even billions are easily read


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


def told(number: float) -> str:
    """A number with three digits, in powers of ten only where it is tiny or huge: 0, 2.30, 490, 1,230, 1.3e-7."""
    if number == 0 or not isfinite(number):
        return readable(number) if number else "0"
    size, sign = float(f"{abs(number):.3g}"), "−" if number < 0 else ""
    return sign + (spoken(size) if 1e-3 <= size < SPOKEN else short(size))


def roughly(number: float) -> str:
    """A number with two digits, as one says "29,000 times": 1.2, 61, 29,000, 29 million, 1e20."""
    size = float(f"{number:.2g}")
    return spoken(size) if 100 <= size < SPOKEN else short(size)


def ratio(number: float) -> str:
    """A ratio with two digits, as one number to another: 1 : 29,000, 1 : 1, 61 : 1; and 0."""
    if number == 0:
        return "0"
    return f"1 : {roughly(1 / max(number, float_info.min))}" if number < 1 else f"{roughly(number)} : 1"


def rough(number: float) -> str:
    """A number with one digit, as a logarithmic axis writes it: 1e-4, 0.01, 30."""
    rounded = float(f"{number:.1g}")
    return f"{rounded:g}" if rounded >= 0.001 else f"{rounded:.0e}".replace("e-0", "e-")


def percent(share: float, digits: int = 0) -> str:
    """A share in percent; nearly all is not called all, and hardly any not none: 51%, 9.4%, >99%, <0.1%."""
    least = 10.0 ** -(digits + 2)
    if 1 - least < share < 1:
        return f">{1 - least:.{digits}%}"
    return f"<{least:.{digits}%}" if 0 < share < least else f"{share:.{digits}%}"


def spoken(number: float) -> str:
    """A number with three digits and no powers of ten: 55.5, 2,340, 29.8 million."""
    if number < 1000:
        return readable(number)
    for size, words in NAMED.items():
        if number >= size:
            return said(words, number=f"{float(f'{number / size:.3g}'):,g}")
    return f"{float(f'{number:.3g}'):,.0f}"
