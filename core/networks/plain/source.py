"""Source: definitions as they stand in this project, with all that they need, to stand alone.

A function or a class is taken from the text of its module: without the decorators of this project, which register it
here, and without types, which name what only this project knows. What it uses of its module comes with it, and what
that uses; what comes from elsewhere is imported.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from inspect import isclass, isfunction
from pathlib import Path
from textwrap import dedent
from typing import Any

REMARKS = re.compile(r"  # (noqa|type: ignore).*")  # for the tools of this project
OURS = "core"


class Definitions:
    """What a script defines, in the order in which it has to, and the lines that import what it needs.

    What is `given` is defined by the script itself, and names that are `taken` it uses for something else.
    """

    def __init__(self, given: Iterable[str] = (), taken: Iterable[str] = ()) -> None:
        self.imports: set[str] = set()
        self._given, self._taken = frozenset(given), frozenset(taken)
        self._texts: dict[tuple[str, str], str] = {}
        self._names: dict[str, tuple[str, str]] = {}

    @property
    def text(self) -> str:
        """All definitions."""
        return "\n\n\n".join(self._texts.values())

    def add(self, function: Any, kind: str) -> str:
        """Define a function or a class, and all that it needs. Returns the name that it has in the script, which is its
        own, followed by its `kind` where something else is called so."""
        module, name = function.__module__, function.__name__
        if name not in self._taken and self._names.get(name, (module, name)) == (module, name):
            return self._define(module, name)
        longer = f"{name}_{kind}"
        self._define(module, name, longer)
        return longer

    def _define(self, module: str, name: str, called: str = "") -> str:
        node = None if name in self._given else _top_level(module).get(name)
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self._import(module, node, name)
        if node is None:
            return name
        key = module, next(_bound(node))
        if key in self._texts:
            return name
        if self._names.setdefault(called or name, key) != key:
            raise ValueError(f"a script would define {name} twice: as in {self._names[name][0]} and as in {module}")
        for used in sorted(_used(module, node)):
            if used != name:
                self._define(module, used)
        text = _plain(module, node)
        self._texts[key] = re.sub(rf"\b{name}\b(?=\()", called, text) if called else text
        return name

    def _import(self, module: str, node: ast.Import | ast.ImportFrom, name: str) -> str:
        alias = next(each for each in node.names if (each.asname or each.name) == name)
        source = getattr(node, "module", None)
        if source is not None and source.split(".")[0] == OURS:
            thing = getattr(sys.modules[module], name)
            home = thing.__module__ if isclass(thing) or isfunction(thing) else source
            return self._define(home, alias.name)
        line = f"import {alias.name}" if source is None else f"from {source} import {alias.name}"
        self.imports.add(line + (f" as {alias.asname}" if alias.asname else ""))
        return name


@cache
def _text(module: str) -> str:
    file = sys.modules[module].__file__
    assert file is not None
    return Path(file).read_text(encoding="utf-8")


@cache
def _top_level(module: str) -> dict[str, ast.stmt]:
    """What a module defines or imports, by name."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(_text(module)).body:
        found |= dict.fromkeys(_bound(node), node)
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def _used(module: str, node: ast.stmt) -> set[str]:
    """All names that a definition reads and does not bind itself, but those of types and of what is left out."""
    left_out = {id(part) for cut in (*_types(node), *_registering(module, node)) for part in ast.walk(cut)}
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name) and id(part) not in left_out)
    read = {part.id for part in names if isinstance(part.ctx, ast.Load)}
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return read
    stored = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return read - stored - {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}


def _registering(module: str, node: ast.stmt) -> list[ast.expr]:
    """The decorators of a definition that are this project's."""
    return [each for each in getattr(node, "decorator_list", []) if _is_ours(module, each)]


def _is_ours(module: str, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    made = _top_level(module).get(ast.unparse(called).split(".")[0])
    return not isinstance(made, ast.Import | ast.ImportFrom) or getattr(made, "module", "").split(".")[0] == OURS


def _types(node: ast.AST) -> Iterator[ast.expr]:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef) and part.returns is not None:
            yield part.returns
        if isinstance(part, ast.arg | ast.AnnAssign) and part.annotation is not None:
            yield part.annotation


def _plain(module: str, node: ast.stmt) -> str:
    """The text of a definition without decorators, types and remarks."""
    lines = _text(module).splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    content = "".join(lines).encode()

    def place(line: int | None, column: int | None) -> int:
        assert line is not None
        assert column is not None
        return starts[line - 1] + column

    cuts, registering = [], _registering(module, node)
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign) and part.value is None:
            cuts.append((place(part.lineno, 0), place(part.end_lineno, part.end_col_offset) + 1))
        elif isinstance(part, ast.arg | ast.AnnAssign) and part.annotation is not None:
            name = part if isinstance(part, ast.arg) else part.target
            begins = place(name.lineno, name.col_offset) + len(_called(part).encode())
            cuts.append((begins, place(part.annotation.end_lineno, part.annotation.end_col_offset)))
        elif isinstance(part, ast.FunctionDef) and part.returns is not None:
            arrow = content.rindex(b"->", 0, place(part.returns.lineno, part.returns.col_offset))
            cuts.append((arrow - 1, place(part.returns.end_lineno, part.returns.end_col_offset)))
    others = [each for each in getattr(node, "decorator_list", []) if each not in registering]
    begin = min([place(node.lineno, 0), *(place(each.lineno, 0) for each in others)])
    cuts += [(place(each.lineno, 0), place(each.end_lineno, each.end_col_offset) + 1) for each in registering]
    end = place(node.end_lineno, node.end_col_offset)
    kept, at = b"", begin
    for first, last in sorted(cuts):
        if first >= begin:
            kept, at = kept + content[at:first], max(at, last)
    return REMARKS.sub("", dedent((kept + content[at:end]).decode()))


def _called(part: ast.arg | ast.AnnAssign) -> str:
    return part.arg if isinstance(part, ast.arg) else ast.unparse(part.target)
