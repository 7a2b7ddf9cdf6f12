"""What the lab shows below its buttons: a run that goes on, or one that rests, or the untrained network.

All three are one layout. A board stands there and a fragment hands it what is new: several times a second while a run
goes on, and once when it rests, with all its steps. Whatever is to be said has its place in the board, so nothing
moves. Who wants none of this gets plain charts, with a slider that asks the server for each step.

What shows or tells the settings follows the controls by itself. Where more would have to change than that, it asks for
the whole page.
"""

from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import charts
from core.config import Config
from core.datasets import DataUnavailable
from core.diagnosis.moments import moments
from core.diagnosis.words import happened, summary
from core.measuring import Recording
from core.theory import predict, told
from core.words.said import language, said
from core.work.line import LIVE, State, phase
from core.work.live import Run
from ui.board.board import Underway, handed
from ui.board.looks import Looks, all_looks
from ui.board.mount import Handed, mount
from ui.board.vega import vega
from ui.jobs.jobs import RESTS, RUN, bar, how_far
from ui.jobs.pace import Pace, seconds_between
from ui.lab.cures import cures
from ui.lab.messages import act, heed_press, message, problem_of, problem_of_link, say, say_verdict
from ui.lab.runs import at_start, shown_run
from ui.lab.shown import Shown
from ui.lab.slim import enlarge
from ui.lab.unit import BOARD, chosen_unit, unit_chooser
from ui.lab.verdict import judged
from ui.lab.views import charts_of, lay_out, why_not_more
from ui.lab.wishes import Wishes, ask_wishes
from ui.missing import unavailable
from ui.show import downloads, is_dark, plain
from ui.sidebar import knobs, settings, showing, tell, telling, untold

REDRAW_SECONDS = 0.4  # the board draws what has come in the meantime, picture by picture
SHOWN = "shown_in_lab"


def lab(run: Run | None, state: State | None, config: Config, view: str, head: DeltaGenerator) -> None:
    """Show a run that is in `state`, or the untrained network if there is none. What tells of it goes to the `head`."""
    live = state in LIVE
    with head:
        place = st.container()
        beside = st.container(width="content")
    try:
        with st.container(key="lab_wait"):
            recording = _newest(run, config)
    except DataUnavailable as problem:
        _tell(place)
        knobs()
        say(problem_of(run) or problem_of_link())
        unavailable(problem, config)
        if run is not None and live:
            _rerun_when_over(run)
        return
    shown: Shown = st.session_state.setdefault(SHOWN, Shown(recording))
    shown.recording = recording
    names = charts_of(view, recording)
    with beside.popover(said("More"), icon=":material/more_horiz:", key="lab_more"):
        telling(lambda: st.caption(plain(summary(settings()))))  # whole: the head has room for two lines
        wishes = ask_wishes(names)
        if not (wishes.plain or live):
            files = partial(downloads, lambda: shown.recording, wishes.heard(names), shown.at, asked=settings)
            telling(files)  # where it is not drawn again, Streamlit forgets them
    if wishes.large:
        enlarge()
    cures(recording)

    if wishes.plain:
        _tell(place)
        _plain_lab(run, state, config, view, wishes)
    else:
        _board_lab(run, state, config, view, wishes, shown, place)


def _tell(place: DeltaGenerator) -> None:
    place.markdown(plain(summary(settings())))


def _board_lab(
    run: Run | None, state: State | None, drawn: Config, view: str, wishes: Wishes, shown: Shown, place: DeltaGenerator
) -> None:
    """The board of the page, which is `drawn` for these settings. What they are stands in the `place`."""
    live = state in LIVE
    names = tuple(wishes.heard(charts_of(view, _newest(run, drawn))))
    shown.watch(run)
    pace = Pace(_seconds(run))

    def fill() -> None:
        heed_press()
        progress = _progress(run)  # asked first: without it, the recording is the last
        config = settings()
        if shown_run(config) is not run or config.dataset != drawn.dataset:
            st.rerun()  # other buttons and controls belong to these settings
        with st.container(key="lab_wait_for_board"):
            recording = shown.recording = _newest(run, config)
        wanted = tuple(wishes.heard(charts_of(view, recording)))
        if (run is not None and phase(run.state) != phase(state)) or wanted != names:
            st.rerun()  # the buttons and the charts belong to the page
        if live:
            pace.keep(_seconds(run))
        unit = shown.unit = chosen_unit(recording)
        looks = shown.looks(names) if live else all_looks(recording, names, unit)
        more = {
            "message": message(run, config, recording),
            "resting": said(RESTS[run.state]) if run is not None and run.state == "paused" else "",
            "last": (run.config if run is not None else config).steps,
            "untold": untold(),
            "unit": unit,
            "dark": is_dark(),
        }
        make = partial(_handed, recording, config, names, looks, view, more)
        asked = (recording, looks, config, view, names, more, language())
        step = mount(shown.handed(asked, make, progress), BOARD, lambda: act(BOARD), tell)
        shown.step = step if step in recording.steps else None
        _tell_theory(names, recording)

    with st.container(gap=None):
        vega()
        showing(fill, pace.seconds if live else None, partial(_tell, place))


def _handed(
    recording: Recording, config: Config, names: Sequence[str], looks: Looks, view: str, more: dict[str, Any]
) -> Handed:
    """What a board is handed: the looks of a recording, what is told of it, and `more`."""
    marks = [(moment.step, moment.name, happened(moment)) for moment in moments(recording)]
    beside = why_not_more(names, recording, view)
    return handed(recording, names, looks, verdict=judged(recording, config), marks=marks, beside=beside, **more)


def _seconds(run: Run | None) -> float:
    """From one drawing of a run that goes on to the next."""
    return REDRAW_SECONDS if run is None else seconds_between(REDRAW_SECONDS, run.state, run.standing)


def _tell_theory(names: Sequence[str], recording: Recording) -> None:
    if "phase" in names:
        st.caption(told(predict(recording.known_config)))


def _progress(run: Run | None) -> Underway | None:
    """How far a run is that has not ended; a paused one is looked through."""
    if run is None or not run.active or run.state == "paused":
        return None
    return Underway(*how_far(run.state, run.progress, RUN, standing=run.standing))


def _plain_lab(run: Run | None, state: State | None, config: Config, view: str, wishes: Wishes) -> None:
    live = state in LIVE
    knobs()
    recording = _newest(run, config)
    say(message(run, config, recording))
    if not live:
        say_verdict(judged(recording, config))  # here, for its buttons change the page
    above, names = st.container(), wishes.heard(charts_of(view, recording))
    cards = lay_out(names, recording, view, large=wishes.large)
    below, turns = st.container(), count()

    pace = Pace(_seconds(run))

    @st.fragment(run_every=pace.seconds if live else None)
    def fill() -> None:
        recording = _newest(run, config)
        if run is not None and (phase(run.state) != phase(state) or wishes.heard(charts_of(view, recording)) != names):
            st.rerun()  # the buttons and the cards belong to the page
        if live:
            pace.keep(_seconds(run))
        with above:
            if live:
                say_verdict(judged(recording, config))
            if run is not None and run.active:
                bar(run.state, run.progress, RUN, standing=run.standing)
            step = recording.steps[-1] if live else _scrubber(recording.steps)
            unit = unit_chooser(recording) if any(charts[name].picks for name in names) else chosen_unit(recording)
        cards.fill(recording, step, next(turns) if live else 0, unit)
        if not live:
            with below:
                downloads(lambda: recording, names, lambda: (step, unit), asked=settings)

    fill()


def _newest(run: Run | None, config: Config) -> Recording:
    """The newest recording of a run; before it has one, and without a run, the untrained network."""
    if run is not None and run.recording is not None:
        return run.recording
    return at_start(config)


def _rerun_when_over(run: Run) -> None:
    """Draw the page again once a run without anything to show has ended."""

    @st.fragment(run_every=REDRAW_SECONDS)
    def wait() -> None:
        if not run.active:
            st.rerun()

    wait()


def _scrubber(steps: list[int]) -> int:
    """The step that all charts of one step show: the last, until the visitor moves it."""
    if len(steps) == 1:
        return steps[0]
    return st.select_slider(said("Step"), steps, steps[-1], help=said("Moves all charts through the recorded steps."))
