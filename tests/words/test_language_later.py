"""What is on the screen only later is in the reader's language, too: after a run, a job, an upload, an error."""

from dataclasses import replace

import pytest
import torch
from languages import Screen, marked, unasked
from screen import (
    EXPLORE,
    FEW,
    LAB,
    MNIST,
    PLAIN,
    charts,
    healthy,
    look,
    messages,
    move,
    press,
    progress,
    until,
    verdict,
    words,
)
from streamlit.testing.v1 import AppTest
from tables import BAD_CHOICES, BAD_FILES, csv, numbers

from core.claims import stored_verdict
from core.claims.lectures import SOURCES
from core.datasets import DataUnavailable
from core.datasets.csv_file import read_sheet
from core.datasets.samples import TableError
from core.datasets.uploads import table_of
from core.datasets.words import NOT_HERE
from core.experiments import deep
from core.experiments.optimizers import race
from core.sweeps import grid
from core.sweeps.outcomes import outcomes
from core.sweeps.search import strategies
from core.sweeps.stored import FILE, first_map, map_in
from core.words import said as door
from core.words.said import Sentence, said, why
from core.work.cluster import VARIABLE
from core.work.stored import Origin
from ui.lab.views import VIEWS
from ui.show import facts_of, plain
from ui.sweeps.claims import unchecked

OUTSIDE = [plain(text) for lecture in SOURCES for text in (lecture.title, lecture.author)]
SHORT = {**FEW, "steps": "6", "snapshots": "4"}
SHORT_RACE = grid(replace(race.BASE, steps=4, snapshots=3), optimizer=race.COMPARED, learning_rate=race.RATES, seed=[0])
TOO_LARGE = {"width": "512", "probe_size": "1024", "depth": "20"}


@pytest.fixture(autouse=True)
def another_language(monkeypatch):
    monkeypatch.setattr(door, "_language", marked)


def asked(app: AppTest, *names: str) -> AppTest:
    """The app, of whose words on the screen every one was asked for, but for names from outside."""
    assert unasked(Screen.of(app), *names) == []
    return app


def rested(app: AppTest) -> AppTest:
    return until(app, lambda app: not progress(app))


@pytest.mark.parametrize("way", [{}, PLAIN], ids=["board", "plain"])
def test_after_a_run(opened, way):
    app = rested(press(opened({**SHORT, **way}), "Start training"))
    for view in VIEWS:
        asked(look(app, view))
    asked(move(app, "depth", 2))
    asked(press(app, "Teacher's link"))
    asked(healthy(app.switch_page(EXPLORE).run()))


@pytest.mark.parametrize("wrong", [{"learning_rate": "1e9"}, {"weight_scale": "1e6", "depth": "40"}], ids=str)
@pytest.mark.parametrize("way", [{}, PLAIN], ids=["board", "plain"])
def test_after_a_run_that_diverged(opened, wrong, way):
    app = asked(rested(press(opened({**SHORT, **wrong, **way}), "Start training")))
    assert "Dead" in (words(app) if way else verdict(app))


def test_while_a_run_goes_on(opened):
    app = asked(press(opened({**FEW, **PLAIN, "steps": "100000"}), "Start training"))
    asked(move(app, "depth", 2))
    press(app, "Pause")
    until(app, lambda app: any("paused" in text for text in progress(app)))
    asked(press(app, "Back to the run's settings"))
    asked(rested(press(app, "Stop training")))


def test_while_a_board_follows_a_run(opened):
    app = asked(press(opened({**FEW, "steps": "100000"}), "Start training"))
    asked(move(app, "depth", 2))
    press(app, "Pause")
    asked(until(app, lambda app: any("paused" in text for text in progress(app))))
    asked(rested(press(app, "Stop training")))


@pytest.mark.parametrize(
    "query",
    [
        {"depth": "banana", "activation": "none_such", "learning_rate": "-1", "table": "none_such"},
        {"dataset": "curve", "loss_function": "cross_entropy"},
        {**TOO_LARGE, "activation": "maxout"},
        {"hide": "depth", "seal": "none_such"},
        {"dataset": "upload", "table": "0" * 32},
    ],
    ids=str,
)
def test_a_link_that_asks_for_what_is_not_possible(opened, query):
    app = asked(opened(query), "none_such", "banana")
    assert app.toast or any(messages(app, kind) for kind in ("warning", "error"))


def test_controls_that_do_not_go_together(opened):
    assert asked(move(opened(TOO_LARGE), "depth", 50)).error


def test_a_map(opened):
    app = opened({**FEW, "map_side": "4", "map_seeds": "2", "map_steps": "50"}, "pages/map.py")
    asked(press(app, "Draw the map"))
    until(app, lambda app: not progress(app) and charts(app) > 1)
    for name in outcomes:
        asked(healthy(app.get("button_group")[0].set_value(name).run()))
    asked(press(app, "Open in the lab"))


def test_stored_results(opened):
    asked(opened({}, "pages/map.py"), *machine(map_in(FILE, first_map()).origin))
    app = open_up(opened({}, "pages/claims.py"), "xor_alone", "xavier_on_mnist")
    asked(app, *machine(stored_verdict("xor_alone").made), *OUTSIDE)


def machine(origin: Origin) -> list[str]:
    return [facts_of(origin)[name] for name in ("processor", "libraries")]


def test_a_search(opened):
    app = opened({**FEW, "find_steps": "50"}, "pages/search.py")
    asked(press(app, "Search"))
    until(app, lambda app: not progress(app) and charts(app) == 3 * len(strategies))
    asked(move(app, "depth", 2))


@pytest.mark.parametrize("page", ["map", "search"])
def test_knobs_that_do_not_go_together(opened, page):
    query = {"width": "1024", "probe_size": "1200", "map_x": "depth", "find_x": "depth"}
    assert asked(rested(opened(query, f"pages/{page}.py"))).error


def test_a_search_without_its_data_or_its_cluster(opened, no_mnist, monkeypatch):
    app = press(opened({**MNIST, **FEW}, "pages/search.py"), "Search")
    asked(until(app, lambda app: app.error), "MNIST", str(no_mnist), "VITALS_DATA")
    monkeypatch.setenv(VARIABLE, "nowhere")
    app = press(opened(FEW, "pages/search.py"), "Search")
    asked(until(app, lambda app: app.error), "nowhere", VARIABLE)


def test_an_untrained_network_without_its_data(opened, no_mnist):
    asked(opened(MNIST, LAB), "MNIST", str(no_mnist), "VITALS_DATA")


@pytest.fixture
def checked(few, opened) -> AppTest:
    """The page of the claims, with a few quick ones checked."""
    return until(opened({}, "pages/claims.py"), lambda app: not progress(app) and not unchecked())


def open_up(app: AppTest, *names: str) -> AppTest:
    for name in names:
        app.session_state[f"claim_{name}"] = True
    return healthy(app.run())


def test_claims_and_their_evidence(few, checked):
    app = asked(open_up(checked, *few), "Python", f"torch {torch.__version__}", "numpy", *OUTSIDE)
    assert app.table


def test_a_claim_that_could_not_be_checked(checked, monkeypatch):
    def missing(*_: object, **__: object) -> None:
        raise DataUnavailable(Sentence(NOT_HERE, name="MNIST", folder="/none", inside="MNIST"))

    monkeypatch.setattr("core.claims.claim.training.train", missing)
    app = open_up(rested(press(checked, "Check the long ones")), "xavier_on_mnist")
    assert "It could not be checked." in app.warning[0].value
    asked(app, "MNIST", "/none", "VITALS_DATA", *OUTSIDE)


@pytest.mark.parametrize("page", ["batch_norm", "cures", "deep", "optimizers"])
def test_what_a_lesson_trains(opened, monkeypatch, page):
    monkeypatch.setattr(deep, "DEPTHS", (1, 3))
    monkeypatch.setattr(race, "RACE", SHORT_RACE)
    app = opened({"deep_width": "16", "deep_steps": "100"} if page == "deep" else {}, f"pages/{page}.py")
    (start,) = [button for button in app.main.button if button.icon == ":material/play_arrow:"]
    asked(rested(asked(healthy(start.click().run()))))


def test_a_table(opened):
    gaps = csv("a,b,c,d", *(f"{i},t{i},{i % 3},{i / 3}" for i in range(50)), "1,t,,4")
    for content in (b"", numbers(40), gaps):
        (uploader,) = opened({"dataset": "upload"}).file_uploader
        asked(healthy(uploader.set_value(("mine.csv", content, "text/csv")).run()), "mine.csv")


@pytest.mark.parametrize("name", BAD_FILES | BAD_CHOICES)
def test_a_table_that_is_refused(name):
    content, choice, _ = BAD_CHOICES.get(name) or (BAD_FILES[name][0], ("c", ()), "")
    with pytest.raises(TableError) as refused:
        table_of(read_sheet(content), *choice)
    words = Screen([("error", said(why(refused.value)))], [], {}, set(), {}, 0, [])
    assert unasked(words, "x" * 40) == []
