"""Views: which charts stand together. Only the open view is drawn. Each chart says itself in which it stands."""

from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts, charts_in
from core.charts.chart import FIRST_UNIT, UnitPlace
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.measuring import Recording
from core.measuring.body import NARROW
from core.words.glossary import explained
from core.words.said import said
from ui.controls import choose
from ui.show import draw, empty_card

HEADLINES = 4
VIEWS = {
    "vital_signs": "Vital signs",
    "body": "Body",
    "layers": "Layers",
    "over_time": "Over time",
    "order_and_chaos": "Order and chaos",
}
FIRST = "vital_signs"
BODY = "body"
ON_SCREEN = 4  # charts of the first views: as many as can be seen at once
UNTRAINED = {FIRST: "untrained"}  # what such a network has instead


def choose_view() -> str:
    """The view that the visitor wants to see. The URL remembers it."""
    view: str = choose(
        st.segmented_control,
        "View",
        VIEWS,
        "view",
        FIRST,
        label_visibility="collapsed",
        required=True,
    )
    return view


def charts_of(view: str, recording: Recording) -> list[str]:
    """The charts of a view that this recording can fill. An untrained network has vital signs of its own."""
    untrained = len(recording.steps) == 1
    names = charts_in(UNTRAINED.get(view, view) if untrained else view)
    fitting = [name for name in names if charts[name].fits(recording)]
    return fitting[:ON_SCREEN] if view in (FIRST, BODY) else fitting


def why_not_more(names: Collection[str], recording: Recording, view: str = FIRST) -> str:
    """Why a view has no charts, or few; or nothing where it has them."""
    if recording.depth == 0:
        return said("This network has no hidden layer, so there is none to look into. Raise the depth to see more.")
    if view == BODY and recording.body is None:
        return said(
            "Units are drawn one by one where a layer has up to {most}. Lower the width to see them.", most=NARROW
        )
    return "" if names else said("Nothing has happened over time yet. Start training to see it.")


@dataclass(frozen=True)
class PlainBoard:
    """Places on the page for the headlines and for charts by name, to be filled again and again."""

    numbers: list[DeltaGenerator]
    pictures: dict[str, DeltaGenerator]
    large: bool = False
    _frames: dict[str, pa.Table] = field(default_factory=dict)

    def fill(self, recording: Recording, step: int, turn: int = 0, unit: UnitPlace = FIRST_UNIT) -> None:
        """Show a recording at one of its steps, and a unit. Pictures that a browser is slow to draw are new at some
        turns only.

        Everything is found first and sent in one go: what comes to the browser together, it lays out and paints once.
        """
        for name in self.pictures:
            if turn % charts[name].every == 0 or name not in self._frames:
                self._frames[name] = pa.Table.from_pandas(charts[name].frame_of(recording, step, unit))
        for place, headline in zip(self.numbers, map(told, headlines(recording, step)), strict=True):
            with place:
                st.metric(headline.name, headline.number, help=explained(headline.name))
                st.caption(headline.sentence)
        for name, place in self.pictures.items():
            draw(place, charts[name], recording, frame=self._frames[name], large=self.large)


def lay_out(names: list[str], recording: Recording, view: str = FIRST, *, large: bool = False) -> PlainBoard:
    """Draw everything but the numbers: a place for each headline and a card for each chart, two in a row.

    `large` tells whether the letters of the charts are to be large.
    """
    numbers = list(st.columns(HEADLINES))
    lacking = why_not_more(names, recording, view)
    if lacking:
        st.info(lacking)
    pictures = {}
    for left in range(0, len(names), 2):
        pair = names[left : left + 2]
        for column, name in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                pictures[name] = empty_card(charts[name], recording)
    return PlainBoard(numbers, pictures, large)
