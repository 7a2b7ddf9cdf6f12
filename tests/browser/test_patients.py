"""Patients in a browser: a case opens in the lab, and one in the ward is saved with the keyboard."""

from hands import button, open_lab, settle, verdict
from playwright.sync_api import expect
from served import until
from visits import accessible, fits, in_themes

from core.diagnosis.patients.cases import cases


def test_a_case_is_picked_and_opens_in_the_lab(page, server):
    page.goto(f"{server.url}/patients")
    cards = page.get_by_test_id("stMain")
    expect(cards.get_by_role("img")).to_have_count(len(cases))
    expect(cards.get_by_role("link")).to_have_count(len(cases) + 1)
    link = cards.get_by_role("link", name="Born dead")
    assert link.get_attribute("href").endswith("lab?case=born-dead")
    link.focus()
    page.keyboard.press("Enter")
    expect(verdict(page)).to_contain_text("Dead")
    page.wait_for_url("**/lab?bias_init=-3.0&steps=200")


def test_the_link_of_a_case_opens_it(page, server):
    open_lab(page, server, "case=vanishing")
    page.wait_for_url("**/lab?*activation=sigmoid*")
    expect(verdict(page)).to_contain_text("Sick")


def test_a_patient_of_the_ward_is_named_and_saved_with_the_keyboard(page, server):
    page.goto(f"{server.url}/ward")
    button(page, "See the patient").press("Enter")
    page.get_by_role("radio", name="Weight scale").press("Space")
    expect(button(page, "That one")).to_be_enabled()
    button(page, "That one").press("Enter")
    value = page.get_by_test_id("stSlider").filter(has_text="Weight scale").get_by_role("slider")
    for stop in ("10", "5", "3", "2", "1"):
        value.press("ArrowLeft")
        expect(value).to_have_attribute("aria-valuetext", stop)
    page.wait_for_timeout(500)  # a slider sends its value a moment after the last key
    settle(page)
    expect(button(page, "Train with this")).to_be_enabled()
    button(page, "Train with this").press("Enter")
    expect(page.get_by_text("Saved: 1 of 1")).to_be_visible()
    expect(page.get_by_text("Move 1: Weight scale 16.1 →")).to_be_visible()
    for _ in in_themes(page):
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))
