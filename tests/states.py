"""The states of the lab, in a real browser: how each is entered from whichever other, and what can be pressed there."""

import re
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from hands import button, ended, message, progress, settle, slider, stands_at
from playwright.sync_api import Page, expect
from served import until

from core import Config

# The names of all that can be pressed below an element, also inside a board, which has a document of its own.
# Streamlit's own buttons are left out: they open a list, a group or the help of a control.
NAMES = """root => {
    const below = one => one.shadowRoot ? all(one.shadowRoot) : [];
    const all = inside => [...inside.querySelectorAll("*")].flatMap(one => [one, ...below(one)]);
    const foreign = "[aria-label^='Help for'], [data-testid=stSelectbox], [data-testid=stExpander]";
    const named = one => one.ariaLabel ?? (one.querySelector("p") ?? one).innerText;
    return all(root)
        .filter(one => one.matches("button, summary, select, a, input[type=checkbox]"))
        .filter(one => one.checkVisibility() && !one.disabled && !one.closest(foreign))
        .map(named);
}"""
CURES, LEARNING_RATE = "Try the cures", "Train with learning rate 0.05"
LAB = "[data-testid=stMain], [data-testid=stSidebarUserContent]"
DIFFERS, ELSE = "The settings differ", "Not the settings of the last run"


def names(page: Page, place: str) -> set[str]:
    """What can be pressed there."""
    found: list[list[str]] = [part.evaluate(NAMES) for part in page.locator(place).all()]
    return {name for part in found for name in part}


def offers(page: Page, wanted: set[str], place: str = LAB) -> None:
    """See that these buttons and no others can be pressed there."""
    settle(page)
    with suppress(AssertionError):
        until(lambda: names(page, place) == wanted)
    assert names(page, place) == wanted


def press(page: Page, name: str) -> None:
    settle(page)
    button(page, name).click()


def step(page: Page) -> int:
    return int(page.locator(".board").get_attribute("data-step") or 0)


def rate(page: Page, value: str) -> None:
    """See that this is the learning rate of the slider. A new one may stand beside the old for a moment."""
    expect(page.get_by_test_id("stSlider").filter(has_text="Learning rate")).to_contain_text([value])


# How a state is entered, from whichever other of the same settings.


def untrained(page: Page) -> None:
    """A press may meet a button that is drawn anew in that moment, as a run has just ended: then it is pressed again.

    What one press does is asked where the button is looked at, of a run that does not end.
    """

    def is_reset() -> bool:
        settle(page)
        if not button(page, "Reset run").is_enabled():
            return True
        button(page, "Reset run").evaluate("one => one.click()")  # which of a disabled one is nothing
        return False

    until(is_reset)
    is_untrained(page)


def is_untrained(page: Page) -> None:
    expect(button(page, "Reset run")).to_be_disabled()
    expect(progress(page)).to_contain_text("Step 0 of ")
    expect(message(page)).to_have_text("")


def running(page: Page) -> None:
    """One that is paused goes on, one that has ended starts again."""
    settle(page)
    if is_there(page, "Resume"):
        press(page, "Resume")
    elif not is_there(page, "Pause"):
        press(page, "Start again" if is_there(page, "Start again") else "Start training")
    is_running(page)


def paused(page: Page) -> None:
    settle(page)
    if is_there(page, "Pause"):
        press(page, "Pause")
        is_paused(page)
    elif not is_there(page, "Resume"):
        untrained(page)
        press(page, "Next snapshot")
        is_paused(page, "Step 1 of ")


def is_there(page: Page, name: str) -> bool:
    """Whether there is such a button, and it can be pressed."""
    return button(page, name).count() > 0 and button(page, name).is_enabled()


def stopped(page: Page) -> None:
    paused(page)
    press(page, "Stop training")
    is_stopped(page)


def finished(page: Page) -> None:
    untrained(page)
    press(page, "Start training")
    ended(page)


def differing(page: Page) -> None:
    """A run goes on, or rests, of which the settings are no longer."""
    running(page)
    settle(page)
    if DIFFERS not in message(page).inner_text():
        deeper(page)
    expect(message(page)).to_contain_text(DIFFERS)


def differing_from_last(page: Page) -> None:
    """A run has ended, of which the settings are no longer."""
    finished(page)
    deeper(page)
    expect(message(page)).to_contain_text(ELSE)


def deeper(page: Page) -> None:
    settle(page)
    before = int(slider(page, "Depth").input_value())
    slider(page, "Depth").press("ArrowRight")
    in_link(page, str(before + 1))


def in_link(page: Page, depth: str) -> None:
    """See that slider and address say so. The address leaves out what is as it is at first."""
    stands_at(page, "Depth", depth)
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("depth", [str(Config().depth)]) == [depth])


def is_running(page: Page) -> None:
    expect(button(page, "Pause")).to_be_enabled()
    page.locator("progress:not([hidden])").wait_for()


def is_paused(page: Page, at: str = "Step ") -> None:
    button(page, "Resume").wait_for()
    expect(progress(page)).to_contain_text(re.compile(rf"^{at}.*, paused"))


def is_stopped(page: Page) -> None:
    ended(page)
    expect(message(page)).to_contain_text("Stopped at step ")


def cures(page: Page) -> None:
    """They are tried, and shut again."""
    press(page, CURES)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The best comes first.")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
