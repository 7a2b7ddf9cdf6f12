"""Shown: what the lab shows, for what is made later, when it is asked for; and what its board was handed last, of which
nothing is made again as long as it is the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.charts.chart import FIRST_UNIT, UnitPlace
from core.measuring import Recording
from core.words.said import language
from core.work.live import Run
from ui.board.board import Underway, with_progress
from ui.board.looks import Looks, fresh_looks
from ui.board.mount import Handed


@dataclass
class Shown:
    """What the lab shows: `step` is where its board rests, `newest` the newest step of the `run` that it was handed
    while it goes on."""

    recording: Recording
    step: int | None = None
    run: Run | None = None
    newest: int = -1
    unit: UnitPlace = FIRST_UNIT
    _still: tuple[Any, Looks] | None = None
    _handed: tuple[Any, Handed] | None = None

    def at(self) -> tuple[int | None, UnitPlace]:
        """The step and the unit that are looked at."""
        return self.step, self.unit

    def watch(self, run: Run | None) -> None:
        """Begin anew with another run."""
        if self.run is not run:
            self.run, self.newest = run, -1

    def looks(self, names: Sequence[str]) -> Looks:
        """What is new since they were asked for the last time; where nothing is, the newest step."""
        newest = self.recording.steps[-1]
        asked = (self.run, self.recording.config, newest, self.unit, *names, language())
        if newest == self.newest and self._still is not None and self._still[0] == asked:
            return self._still[1]
        looks = fresh_looks(self.recording, names, self.unit, self.newest)
        if newest == self.newest:
            self._still = asked, looks
        self.newest = newest
        return looks

    def handed(self, asked: tuple[Any, ...], make: Callable[[], Handed], progress: Underway | None) -> Handed:
        """What a board is handed for what is `asked`, with this progress: made again only where more than that differs
        from the last time."""
        if self._handed is None or self._handed[0] != asked:
            self._handed = asked, make()
        return with_progress(self._handed[1], progress)
