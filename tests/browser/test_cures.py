"""Cures in a browser: tried when asked, the best first; to apply one moves the controls and trains."""

import re
from urllib.parse import parse_qsl, urlsplit

from hands import button, documents, ended, open_lab, verdict
from playwright.sync_api import expect

from core.charts.axes import SIGN
from core.config import Config

SICK = "dataset=blobs&width=16&depth=3&bias_init=-2&weight_scale=0.1&steps=200"
LARGE = "bias_init=-2&depth=30&width=128"  # so that its trials take a while


def test_a_sick_network_is_told_and_cured(page, server):
    open_lab(page, server, SICK)
    expect(verdict(page)).to_contain_text("Dead")
    assert any(f"{SIGN} 1" in document for document in documents(page))
    button(page, "Try the cures").click()
    apply = page.get_by_role("dialog").get_by_role("button", name="Apply and train")
    apply.first.wait_for()
    expect(page.get_by_role("dialog")).to_contain_text("4 of 4 seeds learned in 200 steps.")
    expect(page.get_by_role("dialog").get_by_role("progressbar")).to_have_count(0)
    told = page.get_by_role("dialog").locator("strong").first.inner_text()
    apply.first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    ended(page)
    expect(verdict(page)).to_contain_text("Alive")
    assert not any(SIGN in document for document in documents(page))
    page.wait_for_url(lambda url: _changed(SICK, urlsplit(url).query) == _labels_in(told))


def test_the_trials_can_be_stopped(page, server):
    open_lab(page, server, LARGE)
    button(page, "Try the cures").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stop the trials").click()
    expect(dialog).to_contain_text("Stopped. What was not tried is not shown.")
    expect(dialog.get_by_role("progressbar")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Stop the trials")).to_have_count(0)


def _changed(before: str, after: str) -> set[str]:
    """The labels of the fields in which two links differ."""
    one, other = (Config.from_query(dict(parse_qsl(link))) for link in (before, after))
    fields = Config.fields()
    return {fields[name].label for name in fields if getattr(one, name) != getattr(other, name)}


def _labels_in(card: str) -> set[str]:
    """The labels of the fields that a card says it changes."""
    return {field.label for field in Config.fields().values() if re.search(rf"(^|, ){field.label} ", card)}


def test_the_reasons_are_told(page, server):
    open_lab(page, server, "dataset=blobs&steps=200")
    expect(verdict(page)).to_contain_text("Nothing speaks against learning")
    verdict(page).get_by_label("Help").click()
    expect(verdict(page).locator(".panel")).to_contain_text("What was looked at:")
