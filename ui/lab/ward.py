"""The ward: a bed with the patient of a number, its charts, the question what ails it, and the moves that may save it.

Nothing trains unasked, and what trains is one network at a time, which waits for its turn in the line of the lab's
runs. What a bed holds stays in the session until another patient lies there; the link of the page names the number. A
patient that was saved or lost is counted once, whatever becomes of it later.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from random import randrange
from typing import Any

import streamlit as st

from core.charts.remedies import beside
from core.config import Config
from core.diagnosis import diagnose
from core.diagnosis.patients.ward import (
    MOVES,
    NUMBERS,
    Admission,
    Bed,
    Move,
    Trained,
    admitting,
    knobs,
    learns,
    options,
    training,
    values,
)
from core.diagnosis.signs import Signs
from core.diagnosis.spoken import spoken
from core.measuring import Recording
from core.words.numbers import percent, short
from core.words.said import counted, said
from core.work.line import ACTIVE
from core.work.live import LINE
from ui.controls import kept
from ui.jobs.jobs import slot, start_button, stop_button, watch
from ui.lab.views import charts_of, lay_out
from ui.show import draw, plain
from ui.sidebar import to_lab
from ui.teaching import address

NUMBER, BED, SCORE = "ward_patient", "ward_bed", "ward_score"
FIRST = 31  # the number of the first patient
VIEW = "vital_signs"
PLACE = "ward"


def bed() -> Bed:
    """The bed of this session, with the patient that the link of the page names."""
    number: int = st.session_state[kept(NUMBER, range(NUMBERS), FIRST)]
    lying: Bed | None = st.session_state.get(BED)
    if lying is None or number not in (lying.number, lying.asked):
        slot(PLACE).clear()
        lying = st.session_state[BED] = Bed(number, number)
    return lying


def counters(lying: Bed) -> None:
    """How many were saved, the way to the next patient, and the link to this one."""
    score: Mapping[int, bool] = st.session_state.get(SCORE, {})
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.button(said("Next patient"), icon=":material/skip_next:", on_click=_next)
        with st.popover(said("Copy link"), icon=":material/link:"):
            st.caption(said("Opens this patient, for others too."))
            st.code(address({NUMBER: str(lying.number)}), language=None, wrap_lines=True)
        words = said("Saved: {saved} of {treated}", saved=sum(score.values()), treated=len(score))
        st.markdown(f"**{words}**", width="content")


def admit(lying: Bed) -> None:
    """Ask for the patient, and wait for it."""
    if not _waits(partial(_take_in, lying)):
        start_button(said("See the patient"), _call, (lying.number,), idle=True)


def examine(lying: Bed) -> None:
    """The charts of a patient, and beside them what can be done about it."""
    left, right = st.columns([1, 3], gap="medium")
    turns = len(lying.moves)
    with right:
        _charts(lying.after(turns)[1], key=f"ward_step_{lying.number}_{turns}")
    with left:
        if lying.named is None:
            _question(lying)
            return
        _answer(lying)
        for turn in range(turns):
            _moved(lying, turn)
        if lying.over:
            _end(lying)
        elif not _waits(partial(_take_move, lying)):
            _treatment(lying)


def _charts(recording: Recording, key: str) -> None:
    @st.fragment
    def fill() -> None:
        steps = recording.steps
        step = steps[-1]
        if len(steps) > 1:
            step = st.select_slider(said("Step"), steps, step, key=key)
        lay_out(charts_of(VIEW, recording), recording).fill(recording, step)

    fill()


def _question(lying: Bed) -> None:
    patient = lying.admission.patient
    one, two = "**Which knob was turned wrong?**", "**Two knobs were turned wrong. Name one of them.**"
    names, key = options(lying.number, patient), f"ward_guess_{lying.number}"
    guess = st.radio(counted(len(patient.cause), one, two), names, format_func=_label, index=None, key=key)
    st.button(said("That one"), icon=":material/check:", disabled=guess is None, on_click=_name, args=(lying, guess))


def _answer(lying: Bed) -> None:
    knob = _label(lying.named)
    if lying.is_right:
        st.success(said("Right: {knob} was turned wrong.", knob=knob), icon=":material/check_circle:")
    else:
        words = "No: {knob} is as it was when the network learned."
        st.info(said(words, knob=knob), icon=":material/lightbulb:")


def _treatment(lying: Bed) -> None:
    """The controls of one move: a knob, and the value to turn it to."""
    config, _ = lying.after(len(lying.moves))
    left, turn = MOVES - len(lying.moves), f"{lying.number}_{len(lying.moves)}"
    st.markdown(counted(left, "**Make it learn: 1 move left.**", "**Make it learn: {left} moves left.**", left=left))
    names = knobs(config)
    first = names.index(lying.named) if lying.is_right and not lying.moves else 0
    knob = st.selectbox(said("Knob"), names, first, format_func=_label, key=f"ward_knob_{turn}")
    now, offered, key = getattr(config, knob), values(config, knob), f"ward_value_{turn}_{knob}"
    words = said(Config.fields()[knob].help)
    if isinstance(now, str):
        value = st.selectbox(_label(knob), offered, offered.index(now), key=key, help=words)
    else:
        value = st.select_slider(_label(knob), offered, now, format_func=short, key=key, help=words)
    asked = (config, knob, value)
    start_button(said("Train with this"), _treat, asked, idle=value != now)


def _moved(lying: Bed, turn: int) -> None:
    """What became of a move."""
    move, (config, before) = lying.moves[turn], lying.after(turn)
    old, new = (_value(getattr(each, move.knob)) for each in (config, move.config))
    outcome = said("it learns") if learns(move.recording) else said("it does not learn")
    words = "Move {turn}: {knob} {old} → {new}: {outcome}."
    st.markdown(said(words, turn=turn + 1, knob=_label(move.knob), old=old, new=new, outcome=outcome))
    draw(st.container(), beside, before, move.recording, at=f"ward_{turn}")
    st.caption(said(beside.sentence_of()))


def _end(lying: Bed) -> None:
    """Whether the patient was saved, what had been turned, and the ways on."""
    patient, (_, recording) = lying.admission.patient, lying.after(len(lying.moves))
    if lying.saved:
        words = "Saved: on held-out samples it has come {score} of the way from guessing to a perfect score."
        st.success(said(words, score=percent(Signs(recording).score)), icon=":material/favorite:")
    else:
        st.info(said("Not saved this time: it has not learned."), icon=":material/heart_broken:")
    turned = [
        said(
            "{knob}, from {old} to {new}",
            knob=_label(name),
            old=_value(getattr(patient.base, name)),
            new=_value(getattr(patient.config, name)),
        )
        for name in Config.fields()
        if name in patient.cause
    ]
    st.markdown(said("What had been turned wrong: {turned}.", turned="; ".join(turned)))
    doctor = spoken(diagnose(lying.after(0)[1])).sentence
    st.caption(said("What the doctor says of it: {sentence}", sentence=plain(doctor)))
    args = (patient.config, said("The patient as it came to the ward."))
    st.button(said("Open in the lab"), icon=":material/science:", on_click=to_lab, args=args)


def _waits(take: Callable[[Any, Any], None]) -> bool:
    """Whether there is work to wait for, which is shown. What it has found is taken once it is done."""
    place = slot(PLACE)
    found = place.collect()
    if found is not None:
        take(*found)
        st.rerun()
    job, _, state = place.look()
    if state == "finished":  # in this moment
        st.rerun()
    if job is None or state is None or state == "stopped":
        return False
    if state in ACTIVE:
        stop_button(said("Stop training"), job, active=True)
    watch(job, state, Config.default(), lambda _: None, counted="steps")
    return state in ACTIVE


def _call(number: int) -> None:
    slot(PLACE).start(None, partial(admitting, number), line=LINE)


def _next() -> None:
    """Another patient, drawn by chance: for a callback."""
    number = st.session_state[NUMBER] = randrange(NUMBERS)
    st.session_state[BED] = Bed(number, number)
    _call(number)


def _take_in(lying: Bed, asked: None, admission: Admission) -> None:
    """The patient that was found may have a higher number than the one that was asked for."""
    st.session_state[NUMBER] = admission.number
    st.session_state[BED] = Bed(admission.number, lying.asked, admission)


def _name(lying: Bed, knob: str) -> None:
    lying.named = knob


def _treat(config: Config, knob: str, value: float | str) -> None:
    turned = replace(config, **{knob: value})
    slot(PLACE).start((knob, turned), partial(training, turned), line=LINE)


def _take_move(lying: Bed, asked: tuple[str, Config], trained: Trained) -> None:
    lying.moves.append(Move(*asked, trained.recording))
    if lying.over:
        st.session_state.setdefault(SCORE, {}).setdefault(lying.number, lying.saved)


def _label(name: str) -> str:
    """A knob as the sidebar calls it."""
    return said(Config.fields()[name].label)


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else short(value)
