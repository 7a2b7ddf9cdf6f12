"""The controls of a run: start, pause, step, stop and reset, and what is to be said about its state."""

import streamlit as st

from core.config import Config
from core.diagnosis.headlines import gentler
from core.diagnosis.words import how_it_ended
from core.measuring import Recording
from core.words.said import said
from core.work.line import ACTIVE, State
from core.work.live import Run
from ui.jobs import start_button, stop_button
from ui.lab.runs import desk
from ui.missing import lacks_table
from ui.sidebar import use
from ui.teaching import hidden


def run_controls(config: Config, run: Run | None, state: State | None) -> None:
    """The row of buttons for a run in a state. Those that make no sense are greyed out, so that none ever moves."""
    lying = desk()
    active, paused, lacking = state in ACTIVE, state == "paused", lacks_table(config)
    with st.container(horizontal=True):
        start = said("Start again" if run and not active else "Start training")
        start_button(start, lying.start, (config,), idle=not (active or lacking))
        if paused and run is not None:
            st.button(said("Resume"), icon=":material/resume:", on_click=run.resume)
        else:
            st.button(said("Pause"), icon=":material/pause:", disabled=state != "running", on_click=run and run.pause)
        st.button(
            said("Next snapshot"),
            icon=":material/skip_next:",
            disabled=(run is not None and not paused) or (run is None and lacking),
            on_click=lying.step,
            args=(config,),
            help=said("Train up to the next measurement, and pause there. In the beginning that is a single step."),
        )
        stop_button(said("Stop training"), run, active=active)
        st.button(
            said("Reset run"),
            icon=":material/undo:",
            disabled=lying.run is None,
            on_click=lying.clear,
            help=said("Back to the untrained network."),
        )


def differences(run: Run, config: Config) -> None:
    """Say what differs between the run and the settings, and offer both ways out."""
    if run.config == config:
        return
    old, new = run.config.to_dict(), config.to_dict()
    changes = ", ".join(f"{name} {old[name]} → {new[name]}" for name in new if old[name] != new[name])
    if run.active:
        st.warning(
            said("The settings differ from the run on the screen: {changes}.", changes=changes),
            icon=":material/difference:",
        )
        with st.container(horizontal=True):
            st.button(said("Restart with these"), icon=":material/replay:", on_click=desk().start, args=(config,))
            st.button(said("Back to the run's settings"), icon=":material/undo:", on_click=use, args=(run.config,))
    else:
        st.button(
            said("Back to the last run"),
            icon=":material/history:",
            on_click=use,
            args=(run.config,),
            help=said("Undo: {changes}.", changes=changes),
        )


def ending(recording: Recording) -> None:
    """Say how a run ended, where that is worth a sentence."""
    sentence = how_it_ended(recording)
    if recording.end.reason == "diverged":
        st.error(sentence, icon=":material/crisis_alert:")
        calmer = gentler(recording)
        if calmer is not None and "learning_rate" not in hidden():
            words = said("Train with learning rate {rate:g}", rate=calmer.learning_rate)
            st.button(words, icon=":material/replay:", on_click=_restart, args=(calmer,))
    elif sentence:
        st.info(sentence, icon=":material/stop:")


def _restart(config: Config) -> None:
    use(config)
    desk().start(config)
