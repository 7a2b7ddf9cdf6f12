"""Runs, in a real browser: watched, paused, stopped, taken home, and left behind."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from hands import (
    button,
    charts,
    documents,
    drawings,
    ended,
    is_broken,
    message,
    more,
    number,
    open_lab,
    progress,
    settle,
    slider,
    stands_at,
    verdict,
)
from playwright.sync_api import Page, expect
from served import until
from visits import ENDLESS, QUICK, accessible, fits, in_themes

from core import Config, record


def starts(page: Page) -> None:
    button(page, "Start training").click()
    page.locator("progress:not([hidden])").wait_for()


def test_a_run_is_watched_stopped_and_looked_through(page, server):
    open_lab(page, server, ENDLESS)
    assert number(page, "Dead units").isdigit()
    starts(page)
    seen = {progress(page).inner_text()}
    until(lambda: seen.add(progress(page).inner_text()) or len(seen) >= 6)
    expect(progress(page)).to_contain_text("steps/s")
    expect(progress(page)).to_contain_text("s left")
    button(page, "Stop training").click()
    expect(message(page)).to_contain_text("Stopped at step ")
    scrubber = slider(page, "Step")
    ended(page)
    last, loss = drawings(page), number(page, "Training loss")
    scrubber.press("Home")
    until(lambda: number(page, "Training loss") != loss)
    until(lambda: all(a != b for a, b in zip(last, drawings(page), strict=True)))
    start = record(Config(steps=0, depth=3))
    assert number(page, "Training loss") == f"{start.data['loss'].values[0, 0]:.2f}"
    scrubber.press("End")
    until(lambda: number(page, "Training loss") == loss)


def test_charts_are_redrawn_in_place_while_a_run_goes_on(page, server):
    open_lab(page, server, f"{ENDLESS}&snapshots=500")
    starts(page)
    expect(progress(page)).to_contain_text("steps/s")
    settle(page)
    frames = charts(page).first.evaluate_handle("canvas => [...canvas.getRootNode().querySelectorAll('figure canvas')]")
    heights = page.evaluate("frames => frames.map(frame => frame.getBoundingClientRect().height)", frames)
    seen = {drawings(page)[0]}
    until(lambda: seen.add(drawings(page)[0]) or len(seen) >= 5)
    assert page.evaluate("frames => frames.every(frame => frame.isConnected)", frames)
    assert page.evaluate("frames => frames.map(frame => frame.getBoundingClientRect().height)", frames) == heights
    button(page, "Stop training").click()
    ended(page)


def test_pause_step_and_go_on(page, server):
    open_lab(page, server, ENDLESS)
    button(page, "Next snapshot").click()
    expect(progress(page)).to_have_text("Step 1 of 100,000, paused")
    button(page, "Next snapshot").click()
    expect(progress(page)).to_have_text("Step 2 of 100,000, paused")
    button(page, "Resume").click()
    expect(progress(page)).to_contain_text("steps/s")
    button(page, "Pause").click()
    expect(progress(page)).to_contain_text("paused")
    button(page, "Resume").wait_for()  # the page has caught up with the run
    settle(page)
    button(page, "Reset run").click()
    expect(progress(page)).to_have_text("Step 0 of 100,000")
    expect(button(page, "Start training")).to_be_enabled()


def test_a_slider_that_moves_during_a_run_asks_first(page, server):
    open_lab(page, server, ENDLESS)
    starts(page)
    for depth in range(4, 9):
        slider(page, "Depth").press("ArrowRight")
        expect(message(page)).to_contain_text(f"The settings differ from the run on the screen: Depth 3 → {depth}.")
        before = progress(page).inner_text()
        until(lambda before=before: progress(page).inner_text() != before)
    button(page, "Back to the run's settings").click()
    expect(message(page)).to_have_text("")
    stands_at(page, "Depth", "3")
    button(page, "Stop training").click()
    expect(message(page)).to_contain_text("Stopped at step ")


def test_a_diverged_run_is_told_and_stays_readable(page, server):
    open_lab(page, server, "learning_rate=100")
    button(page, "Start training").click()
    expect(verdict(page)).to_contain_text("Diverged at step ")
    settle(page)
    assert number(page, "Training loss") in ("NaN", "infinite")
    for view in ("Layers", "Over time", "Vital signs"):
        page.get_by_role("radio", name=view).click()
        settle(page)
        until(lambda: len(drawings(page)) >= 4)
    expect(page.locator("figure")).to_have_count(4)
    assert not any("NaN" in document for document in documents(page))
    page.goto(f"{server.url}/lab?learning_rate=100&plain=True")
    button(page, "Start training").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("Diverged at step ")
    until(lambda: len(drawings(page)) >= 4 and not is_broken(page))


def test_numbers_settings_and_pictures_can_be_taken_home(page, server):
    open_lab(page, server, QUICK)
    button(page, "Start training").click()  # it may be over before there is any progress to see
    ended(page)
    more(page)
    config = Config.from_query(dict(part.split("=") for part in QUICK.split("&")))
    rows = list(csv.DictReader(io.StringIO(download(page, "All numbers (CSV)").read_text("utf-8"))))
    losses = [float(row["value"]) for row in rows if row["variable"] == "loss" and row["split"] == "train"]
    assert losses == pytest.approx(record(config).data["loss"].sel(split="train").values.tolist())
    assert Config(**json.loads(download(page, "Settings (JSON)").read_text("utf-8"))) == config
    with zipfile.ZipFile(download(page, "These charts (SVG)")) as pictures:
        assert "loss.svg" in pictures.namelist()
        assert all(pictures.read(name).startswith(b"<svg") for name in pictures.namelist())
    page.keyboard.press("Escape")
    button(page, "Settings (JSON)").wait_for(state="hidden")
    slider(page, "Depth").press("ArrowRight")  # what follows is of the settings as they are now
    page.wait_for_url(f"**depth={config.depth + 1}**")
    settle(page)
    more(page)
    assert json.loads(download(page, "Settings (JSON)").read_text("utf-8"))["depth"] == config.depth + 1


def download(page: Page, label: str) -> Path:
    with page.expect_download() as coming:
        button(page, label).click()
    return coming.value.path()


def test_a_closed_tab_leaves_no_thread_behind(new_page, server):
    page = open_lab(new_page(), server, ENDLESS)
    starts(page)
    until(server.is_training)
    page.close()
    until(lambda: not server.is_training())


def test_theory_is_drawn_over_the_measurement(page, server):
    open_lab(page, server, "activation=tanh&initializer=lecun_normal&plain=True")
    page.get_by_text("theory, at the start").first.wait_for()
    page.get_by_role("radio", name="Order and chaos").click()
    for title in ("Order and chaos: one bias for all units", "Order and chaos: random biases"):
        page.get_by_text(title, exact=True).wait_for()
    expect(page.get_by_text("gradients vanish", exact=True)).to_have_count(2)
    slider(page, "Weight scale").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**weight_scale=1.2**")
    settle(page)
    assert "view=order_and_chaos" in page.url
    for _ in in_themes(page):
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))
