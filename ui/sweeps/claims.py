"""What the page Claims shows: the sentences of the lectures, what became of each, and the evidence."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

import streamlit as st

from core.charts.claims import claim as claim_picture
from core.claims import Claim, Subject, Verdict, checking, claims, recall, stored_verdict, words
from core.claims.checks import Checked, Checking
from core.claims.lectures import SOURCES
from core.words.said import said
from core.work.job import JOBS, Job
from core.work.line import ACTIVE, State
from core.work.stored import libraries
from ui.controls import choose
from ui.frame import lessons
from ui.jobs.jobs import Slot, stop_button
from ui.jobs.visitors import is_busy
from ui.show import card, facts_of, plain

EVERY, UNKNOWN, BLOCKED = "all", "unchecked", "blocked"
WAITING = {True: "Press “Check the long ones” to train it.", False: "It has not been checked yet."}
UNCHECKED = {UNKNOWN: "not checked yet", BLOCKED: "could not be checked"}
FOUND = {  # of stored verdicts, by whether they are several
    False: "{count} verdict was found on {date} ({processor}, {libraries}). The buttons check it here.",
    True: "{count} verdicts were found on {date} ({processor}, {libraries}). The buttons check them here.",
}
LONG, LONG_ICON = "Long experiments", ":material/hourglass_top:"


class Badge(NamedTuple):
    """How a verdict looks: an icon and a colour beside its name; and what is said of several claims that have it."""

    icon: str
    colour: str
    several: str


LOOKS = {
    Verdict.HOLDS: Badge(":material/check_circle:", "green", "hold"),
    Verdict.HOLDS_IF: Badge(":material/rule:", "orange", "hold if …"),
    Verdict.DOES_NOT_HOLD: Badge(":material/cancel:", "red", "do not hold"),
    UNKNOWN: Badge(":material/pending:", "gray", UNCHECKED[UNKNOWN]),
    BLOCKED: Badge(":material/block:", "gray", UNCHECKED[BLOCKED]),
}
VERDICTS = {**words.VERDICTS, **UNCHECKED}
LECTURES = {lecture.id: lecture.name for lecture in SOURCES}
CHOICES = (
    ("lecture", "Lecture", LECTURES),
    ("subject", "Subject", words.SUBJECTS),
    ("verdict", "Verdict", VERDICTS),
)
REDRAW_SECONDS = 2.0  # the whole list is drawn, which is more work than one chart


class Wanted(NamedTuple):
    """Which claims are to be shown: a lecture, a subject and a verdict by name, or all of them."""

    lecture: str
    subject: str
    verdict: str

    def wants(self, name: str) -> bool:
        """Whether the claim `name` is among them."""
        claim = claims[name]
        told = {
            self.lecture: {place.lecture.id for place in claim.said},
            self.subject: {claim.subject},
            self.verdict: {verdict(name)},
        }
        return all(choice == EVERY or choice in values for choice, values in told.items())


def choices() -> Wanted:
    """The controls that choose which claims are shown."""
    chosen = []
    for column, (name, label, options) in zip(st.columns(len(CHOICES)), CHOICES, strict=True):
        chosen.append(choose(column.selectbox, label, {EVERY: EVERY, **options}, f"claims_{name}", EVERY))
    return Wanted(*chosen)


def in_order() -> list[str]:
    """The names of all claims, subject by subject; after them the long ones."""
    subjects = list(Subject)
    return sorted(claims, key=lambda name: (claims[name].long, subjects.index(claims[name].subject)))


def known_of(name: str) -> Checked | None:
    """What is known of a claim: what was found here, or else what is stored of it."""
    return recall(name) or stored_verdict(name)


def verdict(name: str) -> str:
    """The verdict that was found on a claim, or why there is none."""
    known = known_of(name)
    if known is None:
        return UNKNOWN
    return BLOCKED if known.finding is None else known.finding.verdict


def unchecked() -> list[str]:
    """The quick claims of which nothing is known yet."""
    return [name for name in in_order() if not claims[name].long and known_of(name) is None]


def begin(place: Slot) -> None:
    """Check the claims of which nothing is known, such as one that has changed, without being asked to."""
    names = unchecked()
    if place.job is None and names and not is_busy(JOBS):  # what was asked for is not ended by what was not
        start(place, names, again=False)


def start(place: Slot, names: Sequence[str], *, again: bool = True) -> None:
    """Check these claims on a thread of their own, `again` or only those that were not checked before."""
    place.start(tuple(names), partial(checking, tuple(names), again=again))


def left_over(job: Job[Checking] | None, asked: Sequence[str], state: State | None) -> Sequence[str]:
    """What is left of checks that were stopped; otherwise what was never checked here."""
    if job is None or state != "stopped":
        return unchecked()
    return asked[job.newest.progress.done if job.newest is not None else 0 :]


def buttons(place: Slot, job: Job[Checking] | None, asked: Sequence[str], state: State | None) -> None:
    """What starts and stops the checks."""
    active, rest = state in ACTIVE, left_over(job, asked, state)
    quick = [name for name in in_order() if not claims[name].long]
    long = [name for name in in_order() if claims[name].long]
    with st.container(horizontal=True):
        if rest and not active:
            st.button(said("Continue"), icon=":material/play_arrow:", on_click=start, args=(place, rest))
        st.button(
            said("Check all again"),
            icon=":material/refresh:",
            disabled=active,
            on_click=start,
            args=(place, quick),
            help=_how_long(quick),
        )
        st.button(
            said("Check the long ones"),
            icon=LONG_ICON,
            disabled=active,
            on_click=start,
            args=(place, long),
            help=said(
                "{long} claims, each with a network that is trained on all of MNIST. That takes minutes.",
                long=len(long),
            ),
        )
        stop_button(said("Stop the checks"), job, active=active)


def origins(names: Sequence[str]) -> None:
    """When and where the verdicts that were not found here were found."""
    known = filter(None, map(known_of, names))
    made = Counter(checked.made for checked in known if checked.made is not None)
    for origin, count in made.items():
        st.caption(said(FOUND[count > 1], count=count, **facts_of(origin)))


def _how_long(names: Sequence[str]) -> str:
    """How many claims these are, and how long it took to check them, as soon as that is known."""
    known = [found.seconds for name in names if (found := known_of(name)) is not None]
    told = said("{count} claims, all but the long ones.", count=len(names))
    took = said("It took {seconds:,.0f} s the last time.", seconds=sum(known)) if len(known) == len(names) else ""
    return f"{told} {took}".rstrip()


def listed(wanted: Wanted) -> None:
    """The claims that are wanted, each of which opens to its evidence."""
    shown = [name for name in in_order() if wanted.wants(name)]
    st.caption(counts(shown) if shown else nothing(wanted))
    origins(shown)
    for heading, names in groupby(shown, key=_heading):
        st.header(said(heading), anchor=False)
        if heading == LONG:
            st.caption(
                said("Each trains a network on all of MNIST, for minutes. “Check the long ones” above starts them.")
            )
        for name in names:
            _one(name, claims[name])


def _heading(name: str) -> str:
    return LONG if claims[name].long else words.SUBJECTS[claims[name].subject]


def counts(names: Sequence[str]) -> str:
    """How many claims there are of each verdict, in words."""
    verdicts = [verdict(name) for name in names]
    told = [f"{verdicts.count(each)} {said(look.several)}" for each, look in LOOKS.items() if each in verdicts]
    return said(_counted(len(names)) + ": {told}.", count=len(names), told=", ".join(told))


def _counted(count: int) -> str:
    return "{count} claim" if count == 1 else "{count} claims"


def nothing(wanted: Wanted) -> str:
    """Why there is no claim to be shown."""
    others = [verdict(name) for name in in_order() if wanted._replace(verdict=EVERY).wants(name)]
    if not others:
        lecture = said(LECTURES.get(wanted.lecture, EVERY))
        subject = said({EVERY: EVERY, **words.SUBJECTS}[wanted.subject])
        return said("No claim of “{lecture}” is about “{subject}”.", lecture=lecture, subject=subject)
    if UNKNOWN in others and wanted.verdict != UNKNOWN:
        template = "None yet: {unknown} of {count} claims are not checked."
        return said(template, unknown=others.count(UNKNOWN), count=len(others))
    several = said(LOOKS[wanted.verdict].several)
    return said(_counted(len(others)) + ": 0 {several}.", count=len(others), several=several)


def _one(name: str, claim: Claim) -> None:
    told = verdict(name)
    look, mark = LOOKS[told], f" :gray-badge[{LONG_ICON} {said('long')}]" if claim.long else ""
    label = f":{look.colour}[{look.icon} **{said(VERDICTS[told])}**] {plain(said(claim.sentence))}{mark}"
    place = st.expander(label, key=f"claim_{name}", on_change="rerun")
    if place.open:
        with place:
            _opened(name, claim, known_of(name))


def _took(known: Checked) -> str:
    """How long a check took, and where and when it was made."""
    if known.made is None:
        return said("Took {seconds:.1f} s here, with {libraries}.", seconds=known.seconds, libraries=libraries())
    template = "Took {seconds:.1f} s on {date} ({processor}, {libraries})."
    return said(template, seconds=known.seconds, **facts_of(known.made))


def _opened(name: str, claim: Claim, known: Checked | None) -> None:
    for lecture, where in claim.said:
        st.caption(
            said(
                "Said in **{name}**, at “{where}”. {title}. {author}.",
                name=said(lecture.name),
                where=plain(said(where)),
                title=plain(lecture.title),
                author=lecture.author,
            )
        )
    st.markdown(said("**What was done.** {done}", done=plain(said(claims.help(name)))))
    if known is None:
        st.info(said(WAITING[claim.long]), icon=LOOKS[UNKNOWN].icon)
    elif known.finding is None:
        problem = plain(said(known.problem or ""))
        st.warning(said("It could not be checked. {problem}", problem=problem), icon=LOOKS[BLOCKED].icon)
    else:
        finding = known.finding
        predicted, found = st.columns(2)
        predicted.markdown(said("**Predicted:** {predicted}", predicted=words.predicted(finding)))
        found.markdown(said("**Found:** {found}", found=words.found(finding)))
        if finding.verdict == Verdict.HOLDS_IF:
            st.markdown(plain(words.condition(finding)))
        card(claim_picture, claim.quantity, finding, at=name)
        st.table(words.table(finding), hide_index=True)
        st.caption(_took(known))
    st.markdown(said("**Why.** {why}", why=plain(said(claim.why))))
    for lesson in lessons():
        if lesson.file.stem == claim.subject:
            st.page_link(lesson.path, label=said("Lesson: {title}", title=said(lesson.title)), icon=lesson.icon)
