"""The script of a Config as a notebook: Jupyter's format 4.5, a cell for each part of it, with its title."""

import json
from collections.abc import Iterator
from typing import Any

from core.config import Config
from core.networks.plain.script import cells, head

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(config: Config) -> str:
    """The text of a notebook whose cells are the script of `config`. Raises DataUnavailable as that does."""
    made = [{**cell, "id": f"cell-{place}"} for place, cell in enumerate(_cells(config))]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL}, "cells": made}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _cells(config: Config) -> Iterator[dict[str, Any]]:
    yield _told(head(config).strip('"').strip())
    for title, text in cells(config).items():
        yield _told(f"## {title}")
        yield {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}


def _told(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}
