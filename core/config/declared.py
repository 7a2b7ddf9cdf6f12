"""A value whose fields declare themselves: what follows from the declarations is here, the fields are elsewhere.

Checking, links and the question whether a field matters need only what each field says of itself (core.config.fields).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Self

from core.config.fields import Choice, Field, Number, declarations
from core.config.words import NOT_ALLOWED
from core.words.said import Sentence, why

LONGEST_VALUE = 60  # characters of a wrong value that a complaint repeats


class ConflictError(ValueError):
    """Fields that are allowed one by one but not together; `names` are theirs."""

    def __init__(self, names: Iterable[str], sentence: Sentence) -> None:
        super().__init__(sentence)
        self.names = frozenset(names)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A frozen value that refuses what its fields do not allow: ValueError with field, value and what is allowed."""

    def __post_init__(self) -> None:
        for name, field in self.fields().items():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, field.check(value))
            except ValueError:
                raise ValueError(complaint(name, field, value)) from None
        self.check_together()

    def check_together(self) -> None:
        """Raise ConflictError where fields exclude each other."""

    @classmethod
    def fields(cls) -> Mapping[str, Field]:
        """The declaration of every field, by name, in the order of the sidebar."""
        return declarations(cls)  # type: ignore[arg-type]  # mypy takes the hash of a class for that of its objects

    @classmethod
    def default(cls) -> Self:
        """The value of which nothing is said."""
        return _default(cls)  # type: ignore[arg-type, no-any-return]  # as above

    def matters(self, name: str) -> bool:
        """Whether the field `name` makes a difference, given the other choices."""
        return self.is_asked_for(name, vars(self))

    @classmethod
    def is_asked_for(cls, name: str, values: Mapping[str, Any]) -> bool:
        """Whether the field `name` makes a difference, given the choices in `values`, which may not fit together."""
        asked_by = cls.fields()[name].asked_by
        if asked_by is None:
            return True
        asking = cls.fields()[asked_by]
        assert isinstance(asking, Choice)
        return name in asking.options.asks_for(values[asked_by])

    def effective(self, name: str) -> float:
        """How large the number `name` is in effect: no batch and no probe has more samples than there are."""
        field = self.fields()[name]
        assert isinstance(field, Number)
        value: float = getattr(self, name)
        return value if field.within is None else min(value, self.effective(field.within))

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values, by name."""
        return asdict(self)

    def to_query(self, *, full: bool = False) -> dict[str, str]:
        """The fields as text for a URL: those that differ from the default, or all of them."""
        default = self.default()
        return {
            name: field.write(getattr(self, name))
            for name, field in self.fields().items()
            if full or getattr(self, name) != getattr(default, name)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """The value that a URL describes. What is missing or not allowed keeps its default; see `query_problems`."""
        return cls._read_query(query)[0]

    @classmethod
    def query_problems(cls, query: Mapping[str, Any]) -> tuple[Sentence, ...]:
        """A Sentence for every value of a URL that is not allowed. Names that are no fields are not ours to judge."""
        return cls._read_query(query)[1]

    @classmethod
    def _read_query(cls, query: Mapping[str, Any]) -> tuple[Self, tuple[Sentence, ...]]:
        values: dict[str, Any] = {}
        problems = []
        for name, field in cls.fields().items():
            if name in query:
                try:
                    values[name] = field.read(str(query[name]))
                except ValueError:
                    problems.append(complaint(name, field, query[name]))
        while True:
            try:
                return cls(**values), tuple(problems)
            except ConflictError as conflict:  # never of defaults alone, so the values become fewer each time
                problems.append(why(conflict))
                values = {name: value for name, value in values.items() if name not in conflict.names}

    def with_instead(self, **values: Any) -> Self:
        """This with other values, and defaults in place of what then no longer goes together.

        Raises ValueError for values that are not allowed, or exclude each other.
        """
        default = self.default()
        try:
            return replace(self, **values)
        except ConflictError as conflict:
            others = {name: getattr(default, name) for name in conflict.names if name not in values}
            if not others:
                raise
        return self.with_instead(**values, **others)


@cache
def _default(declared: type[Any]) -> Any:
    return declared()


def complaint(name: str, field: Field, value: Any) -> Sentence:
    """What is wrong with the value of a field, and what is allowed."""
    shown = repr(value)
    clipped = shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
    return Sentence(NOT_ALLOWED, name=name, allowed=field.allowed, value=clipped)
