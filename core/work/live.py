"""Live: a training run on a thread of its own, that can be paused, stepped and stopped while others look at it.

While others wait it takes turns with them: it is queued again after a slice, with what it has recorded, and goes on
where it was. A rest that is shorter than a slice is not put off. One object owns a run. Its thread publishes the newest
Recording, which never changes afterwards, so any number of readers may draw it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from time import monotonic
from typing import Literal

from core.config import Config
from core.measuring import Recording
from core.training import remember, room_for, train
from core.words.said import Sentence, why
from core.work.line import ACTIVE, Line, Standing, State, end_with_the_process
from core.work.progress import Progress

# One at a time: steps are many small calls of Python, whose lock two runs would pass to and fro. On two cores, two runs
# of the default make a fifth fewer steps than one does, and only the largest networks a fifth more. A process of its
# own for each would use the other core, but holds 400 MB with PyTorch loaded, which is half of a small host.
LINE = Line(places=1)


class Run:
    """One training run. `recording` is the newest Recording, None until the first snapshot; `problem` what went wrong.

    `steps_done` counts every step, also between snapshots.
    """

    def __init__(self, config: Config, line: Line = LINE) -> None:
        self.config = config
        self.recording: Recording | None = None
        self.problem: Sentence | None = None
        self.steps_done = 0
        self._line = line
        self._wants: Literal["run", "pause", "step", "stop"] = "run"
        self._state: State = "queued"
        self._busy_seconds = 0.0
        self._since: float | None = None
        self._line.join(self)
        self._thread = Thread(target=self._work, name=f"run-{id(self)}", daemon=True)
        end_with_the_process(self)
        self._thread.start()

    @property
    def state(self) -> State:
        """What the run is doing, or how it ended."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether there is something left to do."""
        return self._state in ACTIVE

    @property
    def standing(self) -> Standing:
        """Where it stands among the runs of this process."""
        return self._line.standing(self)

    @property
    def progress(self) -> Progress:
        """How many steps are done, and the seconds that it was running for, pauses left out."""
        since = self._since  # the thread may clear it at any moment
        busy = self._busy_seconds + (monotonic() - since if since is not None else 0.0)
        done, steps = self.steps_done, self.config.steps
        return Progress(done, steps, busy, done / steps if steps else 1.0, "steps")

    def pause(self) -> None:
        """Rest after the present step, and let another run have the place."""
        self._ask("pause")

    def resume(self) -> None:
        """Go on after a pause."""
        self._ask("run")

    def advance(self) -> None:
        """Go on to the next snapshot and pause there."""
        self._ask("step")

    def stop(self) -> None:
        """End after the present step. What was recorded stays."""
        self._ask("stop")

    def join(self, seconds: float | None = None) -> None:
        """Wait until the run has ended."""
        self._thread.join(seconds)

    def _ask(self, wish: Literal["run", "pause", "step", "stop"]) -> None:
        with self._line.changed:
            if self._wants != "stop":
                self._wants = wish
            if self._state == "queued" and wish == "pause":  # rest at once, not only after the next turn
                self._line.give_up(self)
                self._state = "paused"
            elif self._state == "paused" and wish != "pause":  # at once: who asked must not see it paused still
                self._state = "running" if wish == "stop" else "queued"
                if wish != "stop":
                    self._line.join(self)
            self._line.changed.notify_all()

    def _work(self) -> None:
        try:
            self._train()
        except Exception as problem:  # whatever it was must reach the reader, not die with the thread
            self.problem = why(problem)
            self._state = "failed"

    def _train(self) -> None:
        with self._turn() as allowed:
            if allowed:
                self._go()
        if self.recording is None or self.recording.end.reason == "running":
            self.recording = self.recording and self.recording.stopped()
            self._state = "stopped"
        else:
            remember(self.recording)
            self._state = "diverged" if self.recording.end.reason == "diverged" else "finished"

    def _go(self) -> None:
        """Train, once there is memory for it; others have their turns until then."""
        stopped, others_first = (lambda: self._wants == "stop"), partial(self._give_way, at_once=True)
        with suppress(InterruptedError), room_for(self.config, stopped, others_first):
            for recording in self._recordings():
                self._publish(recording)

    def _recordings(self) -> Iterator[Recording]:
        """The partial recordings, as long as nobody says stop; rests while the run is paused."""
        snapshots = 0
        for recording in train(self.config, every_step=True):
            yield recording
            fresh, snapshots = len(recording.steps) > snapshots, len(recording.steps)
            if fresh and recording.end.step > 0:
                self._step_is_done()
            if recording.end.reason == "running":
                self._give_way()
            if self._wants == "stop":
                return

    def _step_is_done(self) -> None:
        with self._line.changed:
            if self._wants == "step":
                self._wants = "pause"

    def _publish(self, recording: Recording) -> None:
        self.recording, self.steps_done = recording, recording.end.step

    def _rest(self) -> None:
        """Give the place away until somebody wants this run to go on."""
        with self._line.changed:
            if self._wants != "pause":
                return
            self._leave("paused")
            self._line.changed.wait_for(lambda: self._wants != "pause")
        self._enter()

    def _give_way(self, *, at_once: bool = False) -> None:
        """Rest if somebody asked for it; else let others have their turn if this one is over, or `at_once`, and wait
        for the next."""
        if self._wants == "pause":
            self._rest()
        elif at_once or self._turn_is_over():
            with self._line.changed:
                self._leave("queued")
                self._line.join(self)
            self._enter()

    def _turn_is_over(self) -> bool:
        over = self._since is not None and self._line.is_over(self._since)
        return over and self.progress.seconds_left > self._line.slice_seconds

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """A place in the line, for as long as the block runs. False if stopped while waiting."""
        entered = self._enter()
        try:
            yield entered
        finally:
            if self._since is not None:
                self._leave(self._state)

    def _enter(self) -> bool:
        line = self._line
        with line.changed:
            line.changed.wait_for(lambda: line.is_first(self) or self._wants == "stop")
            if self._wants == "stop":
                line.give_up(self)
                return False
            line.enter(self)
            self._since, self._state = monotonic(), "running"
        return True

    def _leave(self, state: State) -> None:
        since, self._since = self._since, None
        self._state = state
        if since is not None:
            self._busy_seconds += monotonic() - since
            self._line.leave(since)
