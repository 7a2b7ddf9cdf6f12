"""Every button of the lab, in a real browser: in each state those that can be pressed are pressed, and what they say
comes true where it stands. What stands there in all states depends on their kind, and is pressed in one of each; that
all have the same views, plain charts and links is seen by tests/pages/lab/test_states.py.

Which can be pressed, the page itself is asked: a button without a check fails. A state is one of the run and of the
settings. What leaves a state enters another, from which the next button finds its way back.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest
from hands import button, charts, drawings, ended, message, open_lab, settle, slider, stands_at
from panels import DOWNLOADS, menu, open_more, panels, plain_charts
from playwright.sync_api import Page, expect
from served import until
from states import (
    CURES,
    DIFFERS,
    ELSE,
    LAB,
    LEARNING_RATE,
    cures,
    differing,
    differing_from_last,
    finished,
    in_link,
    is_paused,
    is_running,
    is_untrained,
    names,
    offers,
    paused,
    press,
    rate,
    running,
    step,
    stopped,
    untrained,
)
from visits import ENDLESS, QUICK

from core import Config
from core.charts import charts_in
from ui.lab.views import FIRST, UNTRAINED, VIEWS

# What a button says, and how it comes true. The state is entered anew by what has left it.


def start(page: Page) -> None:
    press(page, "Start training" if button(page, "Start training").count() else "Start again")
    until(lambda: page.locator("progress:not([hidden])").count() or step(page) > 0)


def next_snapshot(page: Page) -> None:
    before = step(page)
    press(page, "Next snapshot")
    until(lambda: step(page) > before)
    is_paused(page)
    page.get_by_role("button", name="Step back").click()
    until(lambda: step(page) == before)


def pause(page: Page) -> None:
    press(page, "Pause")
    is_paused(page)


def resume(page: Page) -> None:
    press(page, "Resume")
    is_running(page)


def stop(page: Page) -> None:
    press(page, "Stop training")
    expect(button(page, "Stop training")).to_be_disabled()
    page.locator("progress[hidden]").wait_for(state="attached")


def reset_run(page: Page) -> None:
    before = page.url
    press(page, "Reset run")
    is_untrained(page)
    assert page.url == before


def restart(page: Page) -> None:
    before = slider(page, "Depth").input_value()
    press(page, "Restart with these")
    expect(message(page)).to_have_text("")
    is_running(page)
    in_link(page, before)


def back(page: Page, name: str) -> None:
    """The settings are those of the run again, one layer less."""
    here = int(slider(page, "Depth").input_value())
    press(page, name)
    expect(message(page)).not_to_contain_text(re.compile(f"{DIFFERS}|{ELSE}"))
    in_link(page, str(here - 1))


def calmer(page: Page) -> None:
    before = drawings(page)
    press(page, LEARNING_RATE)
    page.wait_for_url(lambda url: "learning_rate=" not in url)  # 0.05 is the default
    rate(page, "0.05")
    ended(page)
    assert step(page) > 0
    until(lambda: drawings(page) != before)
    expect(page.locator(".st-key-lab_head")).to_contain_text("learning rate 0.05")


def reset_settings(page: Page) -> None:
    """This one comes last, for it leaves the settings of the state."""
    press(page, "Reset settings")
    page.wait_for_url(re.compile(r"/lab(\?)?$"))
    stands_at(page, "Depth", "5")
    rate(page, f"{Config().learning_rate:g}")


def copy_link(page: Page) -> None:
    opener = page.get_by_role("button", name="Copy link")
    opener.click()
    link = page.get_by_test_id("stCode")
    expect(link).to_contain_text(f"depth={slider(page, 'Depth').input_value()}&")
    opener.click()
    expect(link).to_have_count(0)


def teachers_link(page: Page) -> None:
    press(page, "Teacher's link")
    dialog = page.get_by_role("dialog", name="Teacher's link")
    expect(dialog.get_by_test_id("stCode")).to_contain_text("/lab")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def look_at(page: Page, view: str, offered: set[str]) -> None:
    """The charts are those of the view, and the same buttons stand there."""
    radio = page.get_by_role("radio", name=VIEWS[view])
    settle(page)
    radio.click()
    expect(radio).to_be_checked()
    page.wait_for_url(re.compile(r"/lab(\?(?!.*\bview=)|$)" if view == FIRST else rf"\bview={view}\b"))
    wanted = {*charts_in(view), *charts_in(UNTRAINED.get(view, view))}
    until(lambda: shown(page) <= wanted and len(shown(page)) == charts(page).count())
    until(lambda: names(page, LAB) == (offered if shown(page) else offered - {"Save or enlarge"}))


def shown(page: Page) -> set[str]:
    """The charts on the board, by their ids."""
    return set(page.locator(".board figure").evaluate_all("figures => figures.map(figure => figure.dataset.chart)"))


ALWAYS = {"Reset settings", "Copy link", "Teacher's link", "More", "Help", "Save or enlarge", *VIEWS.values()}
PLAYER = {"Step back", "Play", "Step forward", "Speed"}


def step_back(page: Page) -> None:
    before = step(page)
    page.get_by_role("button", name="Step back").click()
    until(lambda: step(page) < before)
    page.locator(".charts").press("End")
    until(lambda: step(page) == before)


def step_forward(page: Page) -> None:
    to_start(page)
    page.get_by_role("button", name="Step forward").click()
    until(lambda: step(page) > 0)


def to_start(page: Page) -> None:
    page.locator(".charts").press("Home")
    until(lambda: step(page) == 0)


def mark(page: Page) -> None:
    """What is marked on the timeline is gone to."""
    to_start(page)
    page.get_by_role("button", name="Diverged", exact=True).click()
    until(lambda: step(page) > 0)


def play(page: Page) -> None:
    """From the start to the end, quickly."""
    pace, last = page.get_by_label("Speed"), step(page)
    pace.select_option("4×")
    page.get_by_role("button", name="Play", exact=True).click()
    until(lambda: step(page) == last)
    page.get_by_role("button", name="Play", exact=True).wait_for()


def speed(page: Page) -> None:
    """So slowly that it can be stopped on the way."""
    last = step(page)
    page.get_by_label("Speed").select_option("0.5×")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause playing").click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    until(lambda: step(page) < last)
    page.locator(".charts").press("End")
    until(lambda: step(page) == last)


CHECKS: dict[str, Callable[[Page], None]] = {
    "Start training": start,
    "Start again": start,
    "Next snapshot": next_snapshot,
    "Pause": pause,
    "Resume": resume,
    "Stop training": stop,
    "Reset run": reset_run,
    "Restart with these": restart,
    "Back to the run's settings": partial(back, name="Back to the run's settings"),
    "Back to the last run": partial(back, name="Back to the last run"),
    LEARNING_RATE: calmer,
    CURES: cures,
    "Step back": step_back,
    "Step forward": step_forward,
    "Play": play,
    "Speed": speed,
    "Diverged": mark,
    "Copy link": copy_link,
    "Teacher's link": teachers_link,
    "Help": partial(panels, name="Help"),
    "Save or enlarge": menu,
}


class State(NamedTuple):
    """A state of the lab: how it is entered, and what can be pressed there, besides what always can.

    After what is in `leaving`, it has to be entered anew.
    """

    link: str
    enter: Callable[[Page], None]
    leaving: set[str]
    staying: set[str]
    downloads: set[str]


STATES = {
    "untrained": State(QUICK, untrained, {"Start training", "Next snapshot"}, set(), {*DOWNLOADS}),
    "running": State(ENDLESS, running, {"Pause", "Stop training", "Reset run"}, set(), set()),
    "paused": State(ENDLESS, paused, {"Resume", "Next snapshot", "Stop training", "Reset run"}, PLAYER, {*DOWNLOADS}),
    "stopped": State(ENDLESS, stopped, {"Start again", "Reset run"}, PLAYER, {*DOWNLOADS}),
    "finished": State(QUICK, finished, {"Start again", "Reset run"}, PLAYER, {*DOWNLOADS}),
    "diverged": State(
        f"{QUICK}&learning_rate=100",
        finished,
        {"Start again", "Reset run", LEARNING_RATE},
        {*PLAYER, "Diverged", CURES},
        {*DOWNLOADS},
    ),
    "differing": State(
        ENDLESS,
        differing,
        {"Pause", "Stop training", "Reset run", "Restart with these", "Back to the run's settings"},
        set(),
        set(),
    ),
    "differing from the last": State(
        QUICK,
        differing_from_last,
        {"Start training", "Next snapshot", "Reset run", "Back to the last run"},
        set(),
        {*DOWNLOADS},
    ),
}


KINDS = {"untrained", "running", "finished"}  # before a run, while it goes on, and while it rests


@pytest.mark.parametrize("state", STATES)
def test_every_button_does_what_it_says(page, server, state):
    link, enter, leaving, staying, files = STATES[state]
    offered = ALWAYS | leaving | staying
    open_lab(page, server, link)
    enter(page)
    offers(page, offered)
    assert offered <= CHECKS.keys() | {*VIEWS.values(), "More", "Reset settings"}
    here = offered if state in KINDS else staying
    for name in sorted((here - leaving) & CHECKS.keys()):
        CHECKS[name](page)
    open_more(page, files)
    if state in KINDS:
        plain_charts(page)
    page.keyboard.press("Escape")
    for view in [*[*VIEWS][1:], FIRST] if state in KINDS else []:
        look_at(page, view, offered)
    for name in sorted(leaving):
        CHECKS[name](page)
        enter(page)
    reset_settings(page)
