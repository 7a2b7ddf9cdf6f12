"""A registry holds the functions of one kind, keyed by their names and described by their docstrings.

Everything a user can choose (an activation, an initializer, a data set, ...) is one decorated function in one
file. The sidebar, the help texts, the checks and the tests read the registry; no list is typed a second time.
"""

from collections.abc import Callable, Iterator, Mapping
from inspect import cleandoc, signature
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry", bound=Callable[..., Any])


class Registry(Mapping[str, Entry], Generic[Entry]):
    """An ordered mapping name -> entry whose missing names are answered with what is allowed.

    `kind` is the word that error messages use, for example "activation".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        self._help: dict[str, str] = {}
        self._asks_for: dict[str, frozenset[str]] = {}

    def add(self, name: str, entry: Entry, docstring: str | None) -> Entry:
        """Register `entry` under `name`. Raises ValueError without a docstring or for a name that is taken."""
        if not docstring:
            raise ValueError(f"{self.kind} {name!r} needs a docstring: it is the help text that users read")
        if name in self._entries:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        self._entries[name] = entry
        self._asks_for[name] = frozenset(signature(getattr(entry, "function", entry)).parameters)
        self._help[name] = cleandoc(docstring).split("\n\n")[0].replace("\n", " ")
        return entry

    def help(self, name: str) -> str:
        """The first paragraph of the docstring of `name`: what the user reads."""
        self[name]
        return self._help[name]

    def asks_for(self, name: str) -> frozenset[str]:
        """The names of the parameters of the entry `name`: what it wants to be told."""
        self[name]
        return self._asks_for[name]

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise KeyError(f"{self.kind} must be one of {', '.join(self)}; got {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
