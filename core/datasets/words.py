"""What is said of a visitor's table: its names, and in one line what was understood of it."""

from collections.abc import Iterator

from core.datasets.csv_file import clipped, short
from core.datasets.uploads import Table
from core.words.said import said


def title(table: Table) -> str:
    """The names of file and target."""
    file = clipped(table.file) or said("a table")
    return said("{file} with target {target}", file=file, target=short(table.target))


def summary(table: Table) -> str:
    """What was understood, in one line."""
    return ", ".join(filter(None, [clipped(table.file), *_counts(table)])) + "."


def _counts(table: Table) -> Iterator[str]:
    rows, features, classes = len(table.inputs), len(table.features), len(table.classes)
    yield said("{rows:,} row" if rows == 1 else "{rows:,} rows", rows=rows)
    yield said("{features:,} feature" if features == 1 else "{features:,} features", features=features)
    task = "{classes} classes of {target}" if classes else "a regression of {target}"
    yield said(task, classes=classes, target=short(table.target))
    if table.dropped:
        one, several = "{dropped:,} row dropped for missing values", "{dropped:,} rows dropped for missing values"
        yield said(one if table.dropped == 1 else several, dropped=table.dropped)
    if table.left_out:
        yield said("{left_out:,} more rows left out, at random", left_out=table.left_out)
