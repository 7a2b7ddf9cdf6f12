"""What the page Claims shows: the sentences of the lectures, what became of each, and the evidence."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

import streamlit as st

from core.charts.claims import claim_frame, claim_spec, height, is_log
from core.claims import Claim, Subject, Verdict, checking, claims, recall
from core.claims.checks import Checked, libraries
from core.claims.lectures import LECTURES
from core.job import Job
from core.line import ACTIVE, State
from ui.frame import lessons
from ui.jobs import Slot
from ui.kept import choose
from ui.show import is_dark, plain

EVERY, UNKNOWN = "all", "not checked yet"


class Look(NamedTuple):
    """How a verdict looks: an icon and a colour beside its name; and what is said of several claims that have it."""

    icon: str
    colour: str
    several: str


LOOKS = {
    Verdict.HOLDS: Look(":material/check_circle:", "green", "hold"),
    Verdict.HOLDS_IF: Look(":material/rule:", "orange", "hold under a condition"),
    Verdict.DOES_NOT_HOLD: Look(":material/cancel:", "red", "do not hold"),
    UNKNOWN: Look(":material/hourglass_empty:", "gray", "not checked yet"),
}
LESSONS = {  # in which lesson a subject is taught
    Subject.PERCEPTRON: "perceptron",
    Subject.ACTIVATIONS: "activation_functions",
    Subject.GRADIENTS: "vanishing",
    Subject.DEAD: "dead_relu",
    Subject.INITIALIZATION: "initialization",
    Subject.BATCH_NORM: "batch_norm",
    Subject.PREPROCESSING: "preprocessing",
    Subject.OPTIMIZERS: "optimizers",
    Subject.NETWORKS: "mnist",
    Subject.BABYSITTING: "babysitting",
    Subject.SEARCHING: "searching",
}
REDRAW_SECONDS = 2.0  # the whole list is drawn, which is more work than one chart
SEE = "The bar is what the claim predicts, the mark what was found."


class Wanted(NamedTuple):
    """Which claims are to be shown: a lecture, a subject and a verdict by name, or all of them."""

    lecture: str
    subject: str
    verdict: str

    def wants(self, name: str) -> bool:
        """Whether the claim `name` is among them."""
        own = claims[name]
        told = {
            self.lecture: {place.lecture.name for place in own.said},
            self.subject: {own.subject},
            self.verdict: {verdict(name)},
        }
        return all(choice == EVERY or choice in values for choice, values in told.items())


def choices() -> Wanted:
    """The controls that choose which claims are shown."""
    every = {
        "Lecture": [lecture.name for lecture in LECTURES],
        "Subject": list(map(str, Subject)),
        "Verdict": [*map(str, Verdict), UNKNOWN],
    }
    chosen = []
    for column, (label, names) in zip(st.columns(len(every)), every.items(), strict=True):
        options = [EVERY, *names]
        chosen.append(choose(column.selectbox, label, options, f"claims_{label.lower()}", EVERY))
    return Wanted(*chosen)


def in_order() -> list[str]:
    """The names of all claims, subject by subject."""
    subjects = list(Subject)
    return sorted(claims, key=lambda name: subjects.index(claims[name].subject))


def verdict(name: str) -> str:
    """The verdict that was found on a claim, or that there is none yet."""
    known = recall(name)
    return UNKNOWN if known is None or known.finding is None else known.finding.verdict


def unchecked() -> list[str]:
    """The quick claims that were not checked in this process yet."""
    return [name for name in in_order() if not claims[name].long and recall(name) is None]


def begin(place: Slot) -> None:
    """Check the claims that nobody has asked this server about before, without being asked to."""
    names = unchecked()
    if place.job is None and names:
        start(place, names, again=False)


def start(place: Slot, names: Sequence[str], *, again: bool = True) -> None:
    """Check these claims on a thread of their own, `again` or only those that were not checked before."""
    place.start(tuple(names), partial(checking, tuple(names), again=again))


def buttons(place: Slot, job: Job[object] | None, state: State | None) -> None:
    """What starts and stops the checks."""
    active, rest = state in ACTIVE, unchecked()
    quick = [name for name in in_order() if not claims[name].long]
    long = [name for name in in_order() if claims[name].long]
    with st.container(horizontal=True):
        if rest and not active:
            st.button("Continue", icon=":material/play_arrow:", on_click=start, args=(place, rest))
        st.button("Check all again", icon=":material/refresh:", disabled=active, on_click=start, args=(place, quick))
        st.button(
            "Check the long ones",
            icon=":material/hourglass_top:",
            disabled=active,
            on_click=start,
            args=(place, long),
            help=f"{len(long)} claims, each with a network that is trained on all of MNIST. That takes minutes.",
        )
        st.button(
            "Stop the checks",
            icon=":material/stop:",
            disabled=not active,
            on_click=job.stop if job is not None else None,
        )


def listed(wanted: Wanted) -> None:
    """The claims that are wanted, each of which opens to its evidence."""
    shown = [name for name in in_order() if wanted.wants(name)]
    st.caption(counts(shown))
    for subject, names in groupby(shown, key=lambda name: claims[name].subject):
        st.header(subject, anchor=False)
        for name in names:
            _one(name, claims[name])


def counts(names: Sequence[str]) -> str:
    """How many claims there are of each verdict, in words."""
    verdicts = [verdict(name) for name in names]
    told = [f"{verdicts.count(each)} {look.several}" for each, look in LOOKS.items() if each in verdicts]
    return f"{len(names)} claims: {', '.join(told)}." if told else "There is no such claim."


def _one(name: str, own: Claim) -> None:
    look = LOOKS[verdict(name)]
    label = f":{look.colour}[{look.icon} **{verdict(name)}**] {plain(own.sentence)}"
    place = st.expander(label, key=f"claim_{name}", on_change="rerun")
    if place.open:
        with place:
            _opened(name, own, recall(name))


def _opened(name: str, own: Claim, known: Checked | None) -> None:
    for lecture, where in own.said:
        st.caption(f"Said in **{lecture.name}**, at “{plain(where)}”. {plain(lecture.title)}. {lecture.author}.")
    st.markdown(f"**What was done.** {plain(claims.help(name))}")
    if known is None:
        words = "Press “Check the long ones” to train it." if own.long else "It has not been checked yet."
        st.info(words, icon=":material/hourglass_empty:")
    elif known.finding is None:
        st.warning(f"It could not be checked. {plain(known.problem)}", icon=":material/cloud_off:")
    else:
        finding = known.finding
        predicted, found = st.columns(2)
        predicted.markdown(f"**Predicted:** {finding.predicted}")
        found.markdown(f"**Found:** {finding.found}")
        if finding.verdict == Verdict.HOLDS_IF:
            st.markdown(plain(finding.condition))
        st.vega_lite_chart(
            claim_frame(finding),
            claim_spec(own.quantity, is_log(finding), dark=is_dark()),
            key=f"chart_of_{name}",
            width="stretch",
            height=height(finding),
            alt=f"{own.quantity}, predicted and found: {finding.condition}",
        )
        st.caption(SEE)
        st.dataframe(finding.table(), hide_index=True)
        st.caption(f"Took {known.seconds:.1f} s here, with {libraries()}.")
    st.markdown(f"**Why.** {plain(own.why)}")
    for lesson in lessons():
        if lesson.file.stem == LESSONS.get(own.subject):
            st.page_link(f"pages/{lesson.file.name}", label=f"Lesson: {lesson.title}", icon=lesson.icon)
