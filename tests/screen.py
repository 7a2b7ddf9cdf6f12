"""The app without a browser, run by Streamlit itself: what tests press and move in it, and what they see."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from core import Config

APP = str(Path(__file__).parents[1] / "streamlit_app.py")
FIELDS = Config.fields()
MNIST = {"dataset": "mnist", "seed": "1717"}  # of a seed that no other test loads, for loaded data are kept
QUICK = {"steps": "30", "snapshots": "10", "samples": "200"}
FEW = {"width": "8", "depth": "1", "samples": "100", "probe_size": "32"}
PLAIN = {"plain": "True"}  # the lab with charts of Streamlit instead of the board
LOOK_SECONDS = 0.1  # between looks at a page that shows what goes on
LAB, EXPLORE = "pages/lab.py", "pages/explore.py"

Open = Callable[..., AppTest]

# What each AppTest does anew and once is enough for: it looks through all installed packages for parts of pages, which
# takes as long as the page, and compiles all scripts.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
local_script_runner.ScriptCache = cache(local_script_runner.ScriptCache)

# And it looks a thousand times a second whether the page has run, which slows the page: its thread is waited for first.
_looked_for = local_script_runner.require_widgets_deltas


def _waited_for(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    assert runner._script_thread is not None
    runner._script_thread.join(timeout)
    _looked_for(runner, timeout)


local_script_runner.require_widgets_deltas = _waited_for


def opened_at(page: str, query: Mapping[str, Any]) -> AppTest:
    """The app at an address."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return healthy(app.switch_page(page).run())


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].value
    return app


def control(app: AppTest, name: str) -> Any:
    """The control of a field of the Config."""
    kinds = (app.sidebar.slider, app.sidebar.select_slider, app.sidebar.selectbox, app.sidebar.toggle)
    (found,) = [widget for kind in kinds for widget in kind if field_of(widget) == name]
    return found


def controls(app: AppTest) -> dict[str, Any]:
    """What all controls say, by the names of their fields."""
    kinds = (app.sidebar.slider, app.sidebar.select_slider, app.sidebar.selectbox, app.sidebar.toggle)
    return {field_of(widget): widget.value for kind in kinds for widget in kind}


def field_of(widget: Any) -> str | None:
    """The field of the Config that a widget is the control of: its key begins with how often they were set."""
    found = re.fullmatch(r"set_\d+_(\w+)", widget.key or "")
    return found and found[1]


def move(app: AppTest, name: str, value: Any) -> AppTest:
    """Move a control. Where only what follows it was drawn again, AppTest shows nothing else: then the rest is, too."""
    healthy(control(app, name).set_value(value).run())
    return app if app.title else healthy(app.run())


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if label in button.label]
    assert not button.disabled
    return healthy(button.click().run())


def look(app: AppTest, view: str) -> AppTest:
    return healthy(app.get("button_group")[0].set_value(view).run())


def enabled(app: AppTest) -> dict[str, bool]:
    """Which buttons of the page can be pressed."""
    return {
        button.label.removeprefix(":primary[**").removesuffix("**]"): not button.disabled for button in app.main.button
    }


def until(app: AppTest, condition: Callable[[AppTest], bool]) -> AppTest:
    """Look at the page again and again, as its redraws do, until it shows something. It has a minute."""
    end = monotonic() + 60
    while not condition(app):
        assert monotonic() < end, "it never showed up"
        sleep(LOOK_SECONDS)  # a page that is drawn all the time takes the time of the work that it shows
        healthy(app.run())
    return app


def boards(app: AppTest) -> list[dict[str, Any]]:
    """What each board is handed, but for its tables."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.mixed.json or proto.json) for proto in protos if proto.component_name == "board"]


def messages(app: AppTest, kind: str) -> list[str]:
    """What is said as an error, as a warning or as information, on boards too."""
    said = [board["message"] for board in boards(app) if board["message"]]
    native: list[str] = [element.value for element in app.get(kind)]
    return native + ["\n".join([one["text"], *one["more"]]) for one in said if one["kind"] == kind]


def verdict(app: AppTest) -> str:
    """The verdict on a board, with its reasons."""
    (board,) = boards(app)
    told = board["verdict"]
    return "\n".join([told["word"], told["text"], *told["more"]])


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.caption, app.markdown)
    on_boards = [board["beside"] for board in boards(app)]
    return "\n".join([*(element.value for kind in kinds for element in kind), *on_boards])


def progress(app: AppTest) -> list[str]:
    """How far work is that goes on or is paused."""
    words = [element.proto.text for element in app.get("progress")]
    for board in boards(app):
        if board["progress"]:
            words.append(board["progress"]["text"])
        elif "paused" in board["told"][-1]:
            words.append(board["told"][-1])
    return words


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart")) + sum(len(board["charts"]) for board in boards(app))


def steps(app: AppTest) -> list[int]:
    """The steps that can be looked at; none if there is one only."""
    if boards(app):
        return [step for board in boards(app) for step in board["steps"] if len(board["steps"]) > 1]
    return [int(step) for scrubber in app.main.select_slider for step in scrubber.options]


def shown(app: AppTest) -> dict[str, str]:
    """The headline numbers, on a board those of its last step."""
    on_boards = {name: number for board in boards(app) for name, number, _ in board["numbers"][-1]}
    return on_boards | {metric.label: metric.value for metric in app.metric}


def with_field(name: str) -> dict[str, str]:
    """A query under which the field `name` matters."""
    asked_by = FIELDS[name].asked_by
    if asked_by is None:
        return {}
    options = FIELDS[asked_by].options
    return {asked_by: next(option for option in options if name in options.asks_for(option))}
