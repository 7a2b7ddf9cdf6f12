"""What a field of the Config may be: the one declaration from which checks, sidebar, URL and docs are derived.

A field is a Choice from a registry, a Number in a range, or a Text of a pattern. Each can check a value, read one
from text, write one as text, and say in words what is allowed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

from core.config.words import NUMBER, ONE_OF, WHOLE_NUMBER
from core.registry import Registry
from core.words.said import Sentence


@dataclass(frozen=True, kw_only=True)
class Field:
    """What every field declares.

    `asked_by` names the choice that decides whether this field matters: it does when the chosen registry entry has a
    parameter of this name. None: it always matters. `at_start` says whether the field changes the untrained network,
    `decides_on_data` whether it changes the samples. Networks that differ in a `free` field may be trained in one pass:
    it changes no tensor's shape, nor the steps at which is measured.
    """

    label: str
    help: str
    group: str
    asked_by: str | None = None
    at_start: bool = True
    decides_on_data: bool = False
    free: bool = False

    @property
    def allowed(self) -> str:
        """What is allowed, in words that follow "must be"."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """The value in its proper type. Raises ValueError (without words: `allowed` has them) if it is not allowed."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """The value that `text` stands for. Raises ValueError if it stands for none."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """`value` as text that `read` understands."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One name from a registry."""

    options: Registry[Any]

    @property
    def allowed(self) -> str:
        """The names in the registry."""
        return Sentence(ONE_OF, options=", ".join(self.options))

    def check(self, value: Any) -> str:
        """The name, if it is in the registry."""
        if not isinstance(value, str) or value not in self.options:
            raise ValueError
        return value

    def read(self, text: str) -> str:
        """The name, if it is in the registry."""
        return self.check(text)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number from `low` to `high`, whole where `whole`. The slider shows `slider`, the part people use, in steps of
    `step`, or in even ratios where `log`. No more than the field `within` says has an effect.

    `knob` says that maps and searches offer it, and at which place: the lowest comes first. The part of its range that
    is worth a look there is `knob_range`, or else that of the slider.
    """

    low: float
    high: float
    slider: tuple[float, float]
    step: float = 1
    log: bool = False
    whole: bool = False
    within: str | None = None
    knob: int | None = None
    knob_range: tuple[float, float] | None = None

    @property
    def usual(self) -> tuple[float, float]:
        """The ends of the part of the range that is worth a look."""
        return self.knob_range or self.slider

    @property
    def allowed(self) -> str:
        """The kind of number and its range."""
        return Sentence(WHOLE_NUMBER if self.whole else NUMBER, low=self.low, high=self.high)

    def check(self, value: Any) -> float:
        """The number as a plain int or float. Truth values and text are no numbers."""
        # Python's own kinds stand first, for they are found at once.
        kind: tuple[type, ...] = (int, Integral) if self.whole else (float, int, Real)
        if isinstance(value, bool) or not isinstance(value, kind):
            raise ValueError
        try:
            number = int(value) if self.whole else float(value)  # type: ignore[call-overload, arg-type]  # it is a number
        except OverflowError:
            raise ValueError from None
        if not self.low <= number <= self.high:  # NaN is neither
            raise ValueError
        return number + 0  # −0.0 becomes 0.0: equal values must write equal links

    def read(self, text: str) -> float:
        """The number that `text` spells as Python does."""
        return self.check(int(text) if self.whole else float(text))

    def write(self, value: float) -> str:
        """The shortest text that reads back as the same number."""
        return repr(value)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Text that matches `pattern`, a regular expression; `words` say what that is, after "must be".

    The sidebar shows no control for it: it names what the page itself has set, such as an uploaded table.
    """

    pattern: str
    words: str

    @property
    def allowed(self) -> str:
        """The pattern in words."""
        return self.words

    def check(self, value: Any) -> str:
        """The text, if all of it matches."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValueError
        return value

    def read(self, text: str) -> str:
        """The text, if all of it matches."""
        return self.check(text)


def choice(default: str, options: Registry[Any], **declaration: Any) -> Any:
    """A dataclass field that takes one name from a registry."""
    return _declare(default, Choice(options=options, **declaration))


def number(default: float, low: float, high: float, **declaration: Any) -> Any:
    """A dataclass field that takes a number from `low` to `high`; its slider shows all of it unless told otherwise."""
    declaration.setdefault("slider", (low, high))
    return _declare(default, Number(low=low, high=high, **declaration))


def whole(default: int, low: int, high: int, **declaration: Any) -> Any:
    """A dataclass field that takes a whole number from `low` to `high`."""
    return number(default, low, high, whole=True, **declaration)


def text(default: str, pattern: str, words: str, **declaration: Any) -> Any:
    """A dataclass field that takes text of a pattern, which `words` describe."""
    return _declare(default, Text(pattern=pattern, words=words, **declaration))


def _declare(default: Any, declaration: Field) -> Any:
    return field(default=default, metadata={"declaration": declaration})


@cache
def declarations(dataclass: type[Any]) -> Mapping[str, Field]:
    """The declarations of the fields of a dataclass, by name, in order."""
    return MappingProxyType({entry.name: entry.metadata["declaration"] for entry in fields(dataclass)})
