"""Cures: what may make the network on the screen learn, tried when asked, the best first.

Nothing of it happens unasked. The trials are work of their own, which goes on beside the page and can be stopped; each
comes in as soon as it is known. To apply one is to set the controls to it and to train.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event

import streamlit as st

from core.charts.remedies import beside
from core.config import Config
from core.config.fields import Number
from core.diagnosis.cures.trials import Trial, Tried, prescribing
from core.measuring import Recording
from core.words.numbers import short, told
from core.words.said import said, why
from core.work.job import Job
from core.work.line import ACTIVE, State
from ui.jobs.jobs import JOB, Slot, bar, slot, stop_button
from ui.lab.runs import desk
from ui.show import draw, plain
from ui.sidebar import settings, use_next

ASKED, TRIALS = "cures_asked", "trials"
MOST, COLUMNS = 6, 2  # trials that are shown
REDRAW_SECONDS = 0.5


def ask() -> None:
    """Ask for the cures in the next run: for the callback of a button."""
    st.session_state[ASKED] = True


def cures(recording: Recording) -> None:
    """Try the cures of the network of a recording, if they were asked for."""
    if st.session_state.pop(ASKED, False):
        place = slot(TRIALS)
        if recording.known_config.steps == 0:
            recording = replace(recording, config=settings())  # which say how it is to be trained
        place.start(recording.known_config, lambda stop: _tried(recording, stop))
        st.dialog(said("Cures, tried"), width="large", on_dismiss=place.clear)(_dialog)(place)


def _tried(recording: Recording, stop: Event) -> Iterator[Tried]:
    return prescribing(recording, stop)


def _dialog(place: Slot) -> None:
    words = (
        "Each change is trained from the same seed, the best of them from three others too. The best comes first. {see}"
    )
    st.caption(said(words, see=said(beside.sentence_of())))

    @st.fragment(run_every=REDRAW_SECONDS)
    def fill() -> None:
        job, _, state = place.look()
        if job is None or state is None:
            st.rerun()  # one was applied
        newest = job.newest
        _how_far(job, state, newest)
        if newest is not None and newest.before is not None:
            _results(newest.done[:MOST], newest.before)

    fill()


def _how_far(job: Job[Tried], state: State, newest: Tried | None) -> None:
    """What is said above the cards: how far the trials are, with a button to stop them, or how they ended."""
    if job.problem is not None:
        words = said("This could not be finished: {problem}", problem=plain(said(why(job.problem))))
        st.error(words, icon=":material/error:")
    elif state in ACTIVE:
        bar(state, None if newest is None else newest.progress, JOB, begins=said("Starting …"))
        stop_button(said("Stop the trials"), job, active=True)
    elif state == "stopped":
        st.info(said("Stopped. What was not tried is not shown."), icon=":material/stop:")
    elif newest is None:
        st.info(said("There is nothing to try."), icon=":material/info:")


def _results(trials: Sequence[Trial], before: Recording) -> None:
    """A card for each trial, in two columns."""
    for first in range(0, len(trials), COLUMNS):
        row = trials[first : first + COLUMNS]
        for column, trial in zip(st.columns(COLUMNS), row, strict=False):
            name = "_".join(trial.remedies)  # not its place, which changes while others come in
            with column.container(border=True):
                st.markdown(f"**{plain(changes_told(trial))}**")
                st.caption(outcome_told(trial))
                draw(st.container(), beside, before, trial.recording, at=f"cure_{name}")
                st.button(said("Apply and train"), key=f"cure_{name}", on_click=_apply, args=(trial.config,))


def _apply(config: Config) -> None:
    slot(TRIALS).clear()
    use_next(config)
    desk().start(config)


def changes_told(trial: Trial) -> str:
    """The fields that a trial changes, with their new values."""
    return ", ".join(
        said("{label} {value}", label=said(Config.fields()[name].label), value=_value(name, value))
        for name, value in trial.changes.items()
    )


def _value(name: str, value: object) -> str:
    field = Config.fields()[name]
    return short(float(value)) if isinstance(field, Number) else field.write(value)  # type: ignore[arg-type]


def outcome_told(trial: Trial) -> str:
    """How many of its seeds learned, or whether the one did on which it was tried; and its loss."""
    if trial.seeds > 1:
        words = "{learned} of {seeds} seeds learned in {steps:,} steps. Loss on held-out samples: {loss}."
    elif trial.learned:
        words = "Learned in {steps:,} steps from the same seed. Loss on held-out samples: {loss}."
    else:
        words = "Did not learn in {steps:,} steps from the same seed. Loss on held-out samples: {loss}."
    learned = round(trial.learned * trial.seeds)
    return said(words, learned=learned, seeds=trial.seeds, steps=trial.steps, loss=told(trial.loss))
