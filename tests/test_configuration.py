import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.charts.ink import DARK, LIGHT, Ink
from core.datasets.csv_file import HOSTED, MOST_BYTES, MOST_BYTES_AT_HOME

ROOT = Path(__file__).parents[1]
FILE = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
THEMES = {"light": LIGHT, "dark": DARK}


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Every option that the file sets, as a server that starts in the project's folder sees it."""
    script = (
        "import json, sys\n"
        "from streamlit import config\n"
        "config.get_config_options(force_reparse=True)\n"
        "print(json.dumps({name: config.get_option(name) for name in json.loads(sys.argv[1])}))"
    )
    command = [sys.executable, "-c", script, json.dumps(list(flat(FILE)))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "not a valid config option" not in done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def flat(tables: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Nested tables as one: {"theme": {"dark": {"textColor": x}}} -> {"theme.dark.textColor": x}."""
    parts = [flat(v, f"{before}{k}.") if isinstance(v, dict) else {f"{before}{k}": v} for k, v in tables.items()]
    return {name: value for part in parts for name, value in part.items()}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted([luminance(first), luminance(second)])
    return (light + 0.05) / (dark + 0.05)


def test_the_server_sees_what_the_file_says(seen):
    assert seen == flat(FILE)


def test_no_garbage_is_collected_after_every_run(seen):
    """Else the training thread waits 0.1 s for each redraw, see the file."""
    assert seen["runner.postScriptGC"] is False


def test_a_browser_remembers_large_messages_for_seconds_of_a_run(seen):
    assert seen["global.maxCachedMessageAge"] == 100


def test_the_server_takes_no_larger_files_than_the_page(seen):
    """The widget's own limit is one that only browsers keep."""
    assert seen["server.maxUploadSize"] == MOST_BYTES // 10**6


@pytest.mark.parametrize(("hosted", "most"), [("", MOST_BYTES_AT_HOME), ("yes", MOST_BYTES)])
def test_a_server_at_home_takes_as_large_files_as_its_page(hosted, most):
    script = (
        "from ui.start.process import prepare\n"
        "from streamlit import config\n"
        "prepare()\n"
        "print(config.get_option('server.maxUploadSize'))"
    )
    environment = {**os.environ, HOSTED: hosted}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout.splitlines()[-1]) == most // 10**6


def test_the_old_menu_does_not_flash_up(seen):
    assert seen["client.showSidebarNavigation"] is False


def test_nothing_is_sent_to_others(seen):
    assert seen["browser.gatherUsageStats"] is False


def test_chart_colours_have_the_lengths_that_streamlit_wants(seen):
    scales = [seen[f"theme.chart{kind}Colors"] for kind in ("Sequential", "Diverging")]
    assert [len(scale) for scale in scales] == [10, 10]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for scale in scales for colour in scale)


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_and_the_charts_on_it_have_one_palette(name, seen):
    ink: Ink = THEMES[name]
    assert seen[f"theme.{name}.backgroundColor"] == ink.behind
    states = [ink.train, ink.validation, ink.alive, ink.saturated, ink.dead, ink.exploding]
    assert seen[f"theme.{name}.chartCategoricalColors"] == states


@pytest.mark.parametrize("name", THEMES)
def test_words_can_be_read_on_their_background(name, seen):
    words = [seen[f"theme.{name}.{kind}Color"] for kind in ("text", "primary", "link")]
    assert contrast(THEMES[name].faint, seen[f"theme.{name}.backgroundColor"]) >= 4.5
    for behind in (seen[f"theme.{name}.backgroundColor"], seen[f"theme.{name}.secondaryBackgroundColor"]):
        assert all(contrast(word, behind) >= 4.5 for word in words)


@pytest.mark.parametrize("name", THEMES)
def test_marks_can_be_seen_on_their_background(name):
    ink = THEMES[name]
    for colour in (ink.train, ink.validation, ink.alive, ink.saturated, ink.dead, ink.exploding):
        assert contrast(colour, ink.behind) >= 3


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
