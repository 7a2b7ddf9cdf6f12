"""The page of the lesson: what can be chosen, and what the lab opens with."""

from screen import APP
from streamlit.testing.v1 import AppTest

from core.experiments.optimizers.landscapes import COMPARED


def opened(**query: str) -> AppTest:
    """The lesson at an address with these parameters."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/optimizers.py").run()
    assert not app.exception
    return app


def test_none_and_all_of_the_optimizers_can_be_chosen():
    app = opened()
    for names, tables in ((), 1), (COMPARED, 2):
        (several,) = [group for group in app.main.get("button_group") if group.key == "optimizers_shown"]
        several.set_value(list(names)).run()
        assert not app.exception
        assert len(app.main.table) == tables
        assert len(app.get("vega_lite_chart")) == 2
    assert app.main.table[0].value.index.tolist() == list(COMPARED)


def test_the_lab_opens_with_what_was_chosen():
    chosen = {"optimizers_shown": "nesterov,adam", "optimizers_rate": "0.11", "optimizers_momentum": "0.7"}
    app = opened(**chosen)
    next(button for button in app.button if button.label == "Open in the lab").click().run()
    assert not app.exception
    link = {name: app.query_params[name] for name in ("optimizer", "learning_rate", "momentum")}
    assert link == {"optimizer": "nesterov", "learning_rate": "0.11", "momentum": "0.7"}
