"""Cures in a browser: tried when asked, the best first; to apply one moves the controls and trains."""

import re

from hands import button, ended, open_lab, verdict
from playwright.sync_api import expect

SICK = "dataset=blobs&width=16&depth=3&bias_init=-2&weight_scale=0.1&steps=200"


def test_a_sick_network_is_told_and_cured(page, server):
    open_lab(page, server, SICK)
    expect(verdict(page)).to_contain_text("Dead")
    button(page, "Try the cures").click()
    apply = page.get_by_role("dialog").get_by_role("button", name="Apply and train")
    apply.first.wait_for()
    expect(page.get_by_role("dialog")).to_contain_text("4 of 4 seeds learned in 200 steps.")
    apply.first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    ended(page)
    expect(verdict(page)).to_contain_text("Alive")
    assert not re.search(r"bias_init=-2|weight_scale=0\.1", page.url)


def test_the_reasons_are_told(page, server):
    open_lab(page, server, "dataset=blobs&steps=200")
    expect(verdict(page)).to_contain_text("Nothing speaks against learning")
    verdict(page).get_by_label("Help").click()
    expect(verdict(page).locator(".panel")).to_contain_text("What was looked at:")
