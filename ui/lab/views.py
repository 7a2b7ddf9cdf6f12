"""Views: which charts stand together. Only the open view is drawn. Each chart says itself in which it stands."""

from dataclasses import dataclass, field

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts, charts_in
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.measuring import Recording
from core.words.glossary import explained
from core.words.said import said
from ui.controls import choose
from ui.show import draw, empty_card

HEADLINES = 4
VIEWS = {
    "vital_signs": "Vital signs",
    "layers": "Layers",
    "over_time": "Over time",
    "order_and_chaos": "Order and chaos",
}
FIRST = "vital_signs"
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
    return [name for name in names if charts[name].fits(recording)]


@dataclass(frozen=True)
class Board:
    """Places on the page for the headlines and for charts by name, to be filled again and again."""

    numbers: list[DeltaGenerator]
    pictures: dict[str, DeltaGenerator]
    _frames: dict[str, pa.Table] = field(default_factory=dict)

    def fill(self, recording: Recording, step: int, turn: int = 0) -> None:
        """Show a recording at one of its steps. Pictures that a browser is slow to draw are new at some turns only.

        Everything is found first and sent in one go: what comes to the browser together, it lays out and paints once.
        """
        for name in self.pictures:
            if turn % charts[name].every == 0 or name not in self._frames:
                self._frames[name] = pa.Table.from_pandas(charts[name].frame_of(recording, step))
        for place, headline in zip(self.numbers, map(told, headlines(recording, step)), strict=True):
            with place:
                st.metric(headline.name, headline.number, help=explained(headline.name))
                st.caption(headline.sentence)
        for name, place in self.pictures.items():
            draw(place, charts[name], recording, frame=self._frames[name])


def lay_out(names: list[str], recording: Recording) -> Board:
    """Draw everything but the numbers: a place for each headline and a card for each chart, two in a row."""
    numbers = list(st.columns(HEADLINES))
    if recording.depth == 0:
        st.info(said("This network has no hidden layer, so there is none to look into. Raise the depth to see more."))
    elif not names:
        st.info(said("Nothing has happened over time yet. Start training to see it."), icon=":material/play_arrow:")
    pictures = {}
    for left in range(0, len(names), 2):
        pair = names[left : left + 2]
        for column, name in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                pictures[name] = empty_card(charts[name], recording)
    return Board(numbers, pictures)
