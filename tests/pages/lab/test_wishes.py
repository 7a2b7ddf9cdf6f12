"""How the visitor wants to see the charts of the lab: on the board, and plain."""

import json

import pytest
from screen import FEW, LAB, PLAIN, boards, healthy

from core import Config, record
from core.charts import charts
from core.charts.ink import ink
from core.charts.picture import LARGE
from ui.board.theme import dressed

SMALLEST = 11


def toggle(app, key):
    (found,) = [each for each in app.main.toggle if each.key == key]
    return found


def test_zoom_puts_another_chart_in_its_place_on_the_board(opened):
    app = opened(FEW, LAB)
    before = [chart["name"] for chart in boards(app)[0]["charts"]]
    healthy(toggle(app, "zoomed").set_value(True).run())
    after = [chart["name"] for chart in boards(app)[0]["charts"]]
    assert before[0] == "distribution"
    assert after == ["zoomed", *before[1:]]
    assert app.query_params["zoomed"] == "True"


def test_where_nothing_is_to_be_zoomed_the_switch_is_still(opened):
    assert toggle(opened(FEW | {"view": "order_and_chaos"}, LAB), "zoomed").disabled
    assert not toggle(opened(FEW, LAB), "zoomed").disabled


def test_plain_charts_hear_wishes_too(opened):
    app = opened(FEW | PLAIN | {"zoomed": "True", "large": "True"}, LAB)
    specs = [json.loads(each.proto.spec) for each in app.get("vega_lite_chart")]
    assert "std, both of the layer" in json.dumps(specs[0])
    for spec in specs:
        assert {"name": LARGE, "value": 1.5} in spec["params"]
        assert spec["config"]["axis"]["labelFontSize"] >= 16


def test_large_type_is_one_rule_of_the_page(opened):
    usual, large = (opened(FEW | wishes, LAB) for wishes in ({}, {"large": "True"}))
    assert [":root { font-size" in "".join(html.proto.body for html in app.get("html")) for app in (usual, large)] == [
        False,
        True,
    ]


@pytest.mark.parametrize("name", charts)
def test_all_letters_lines_and_points_of_a_board_grow(name):
    recording = record(
        Config(
            dataset="curve" if "curve" in charts[name].needs else "moons",
            depth=2,
            width=4,
            samples=40,
            steps=4,
            snapshots=3,
        )
    )
    spec = dressed(charts[name].spec(recording, dark=False), ink(dark=False))
    sizes = [value for key, value in sizes_in(spec)]
    assert sizes
    with_picture = [size for size in sizes if "width" in json.dumps(size)]  # cells that are a share of the picture
    assert all(isinstance(size, dict) and LARGE in json.dumps(size) for size in sizes if size not in with_picture)
    assert spec["config"]["axis"]["labelFontSize"] == {"expr": f"{SMALLEST} * {LARGE}"}


def sizes_in(part, key=""):
    """All that says how many pixels something is large."""
    if key.endswith("ontSize") or (key in ("size", "strokeWidth") and not is_encoding(part)):
        yield key, part
    elif isinstance(part, dict):
        for name, each in part.items():
            yield from sizes_in(each, name)
    elif isinstance(part, list):
        for each in part:
            yield from sizes_in(each)


def is_encoding(part):
    return isinstance(part, dict) and "expr" not in part
