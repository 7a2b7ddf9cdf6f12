"""Wishes: how the visitor wants to see the charts. The URL remembers them, and a teacher's link may hold them."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from core.charts import zoomed_in
from ui.controls import choose


class Wishes(NamedTuple):
    """Whether charts are wanted with large letters, zoomed where there is a zoom, and plain instead of on a board."""

    large: bool
    zoomed: bool
    plain: bool

    def heard(self, names: Sequence[str]) -> list[str]:
        """The charts that take the place of these."""
        return zoomed_in(names) if self.zoomed else list(names)


def ask_wishes(names: Sequence[str]) -> Wishes:
    """Ask for wishes, where there are these charts to be seen."""
    large = _wanted(
        "Large type",
        "large",
        "For a projector: large letters and thick lines. To fill the screen with one "
        "chart, choose “Full screen” in its menu.",
    )
    zoomed = _wanted(
        "Zoom into narrow layers",
        "zoomed",
        "Activations of each layer in its own standard deviations, "
        "from its own mean. On one axis for all, a layer of small activations is but a spike.",
        disabled=zoomed_in(names) == list(names),
    )
    plain = _wanted(
        "Plain charts",
        "plain",
        "One below the other, with a slider that asks the server for each step: for "
        "screen readers, or where the board does not work.",
    )
    return Wishes(large, zoomed, plain)


def _wanted(label: str, key: str, words: str, *, disabled: bool = False) -> bool:
    wanted: bool = choose(st.toggle, label, [False, True], key, False, help=words, disabled=disabled)
    return wanted
