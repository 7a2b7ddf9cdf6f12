from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import record
from core.charts.experiments.optimizers.race import LOSSES, race_frame, rates_frame, table
from core.experiments.optimizers.landscapes import COMPARED
from core.experiments.optimizers.race import BASE, RACE, RATES, SEEDS, race_of, raced
from core.sweeps import grid, sweep
from core.sweeps.sweeps import Partial
from core.work.progress import Progress
from ui.jobs.visitors import end_all

APP = str(Path(__file__).parents[3] / "streamlit_app.py")
SHORT = grid(replace(BASE, steps=4, snapshots=5, width=8), optimizer=COMPARED, learning_rate=RATES, seed=range(3))


@pytest.fixture(scope="module")
def swept():
    return sweep(SHORT, variables=())


@pytest.fixture(scope="module")
def race(swept):
    return race_of(swept)


def test_the_race_is_of_all_optimizers_rates_and_seeds_from_the_same_weights():
    assert len(RACE) == len(COMPARED) * len(RATES) * len(SEEDS)
    assert {replace(config, optimizer="sgd", learning_rate=0.1, seed=0) for config in RACE} == {
        replace(BASE, optimizer="sgd", learning_rate=0.1)
    }


def test_a_race_that_is_to_stop_stops():
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(raced(stop))


def test_the_losses_are_those_of_the_networks_alone_and_start_together(race):
    assert tuple(race["optimizer"].values) == COMPARED
    assert dict(race["loss"].sizes) == {"optimizer": len(COMPARED), "learning_rate": len(RATES), "seed": 3, "step": 5}
    config = replace(SHORT[0], optimizer="adam", learning_rate=RATES[2], seed=1)
    alone = record(config).data["loss"].sel(split="train").values
    found = race["loss"].sel(optimizer="adam", learning_rate=RATES[2], seed=1)
    np.testing.assert_allclose(found, alone, rtol=1e-4)
    start = race["loss"].sel(step=0).values
    np.testing.assert_allclose(start, np.broadcast_to(start[:1, :1], start.shape), rtol=1e-5)


def test_the_best_rate_is_that_of_the_lowest_median(race):
    for name in COMPARED:
        medians = race["final"].sel(optimizer=name).median("seed")
        assert medians.sel(learning_rate=race["best"].sel(optimizer=name)) == medians.min()
    assert race["final"].equals(race["loss"].isel(step=-1, drop=True))


@pytest.mark.numerics
def test_every_optimizer_has_a_valley_of_its_own_and_gets_below_a_hundredth():
    """As the lesson says, and no best rate lies at an end of the axis. Which one gets farther, rounding may decide."""
    run = race_of(sweep(RACE, variables=()))
    assert run["best"].min() > RATES[0]
    assert run["best"].max() < RATES[-1]
    ends = run["final"].sel(learning_rate=run["best"]).median("seed")
    assert ends.max() < run["loss"].sel(step=0).min() / 100


def test_a_run_that_diverged_is_infinite_and_not_the_best(swept):
    broken = swept.copy(deep=True)
    broken["loss"].loc[{"optimizer": "sgd", "learning_rate": RATES[-1], "step": 4}] = np.nan
    run = race_of(broken)
    assert np.isinf(run["final"].sel(optimizer="sgd", learning_rate=RATES[-1])).all()
    assert run["best"].sel(optimizer="sgd") < RATES[-1]
    lost = rates_frame(run).query("optimizer == 'sgd' and mark == 'above'")
    assert lost["shown"].tolist() == [LOSSES[1]]


def test_what_is_above_the_axis_is_an_arrow_at_its_end(swept):
    broken = swept.copy(deep=True)
    broken["loss"].loc[{"optimizer": "sgd", "learning_rate": 0.1, "step": [3, 4]}] = np.inf
    frame = race_frame(race_of(broken), 0.1).query("optimizer == 'sgd'")
    assert frame["mark"].tolist() == [*["point"] * 3, *["above"] * 2]
    assert frame["shown"].tolist()[3:] == [LOSSES[1]] * 2


def test_the_table_has_each_optimizer_at_its_best_the_lowest_median_first(race):
    rows = table(race)
    rates = {name: race["best"].sel(optimizer=name).item() for name in COMPARED}
    ends = {name: (rate, race["final"].sel(optimizer=name, learning_rate=rate).values) for name, rate in rates.items()}
    medians = [np.median(ends[name][1]) for name in rows.index]
    assert sorted(rows.index) == sorted(COMPARED)
    assert medians == sorted(medians)
    for name, (rate, finals) in ends.items():
        assert rows.loc[name].tolist() == [
            f"{rate:g}",
            f"{np.median(finals):#.3g}",
            f"{finals.min():#.3g} to {finals.max():#.3g}",
        ]


def test_an_optimizer_is_shown_once_all_its_runs_are_known():
    places = [place for place, config in enumerate(SHORT) if config.optimizer == "adam"]
    part = sweep([SHORT[place] for place in places], variables=()).assign_coords(run=places)
    known = race_of(Partial(Progress(len(places), len(SHORT), 1.0, 0.5), SHORT, (part,)).dataset())
    assert known["optimizer"].values.tolist() == ["adam"]
    assert set(race_frame(known, 0.1)["optimizer"]) - {""} == {"adam"}


def test_frames_hold_medians_between_the_lowest_and_the_highest(race):
    frame = race_frame(race, 0.01).query("optimizer == 'momentum'")
    losses = race["loss"].sel(optimizer="momentum", learning_rate=0.01).values
    np.testing.assert_allclose(frame["loss"], np.median(losses, 0), rtol=1e-6)
    np.testing.assert_allclose(frame["low"], losses.min(0), rtol=1e-6)
    np.testing.assert_allclose(frame["high"], losses.max(0), rtol=1e-6)
    best = race_frame(race, None).query("mark != 'corner'")
    assert best.groupby("optimizer", observed=True)["rate"].first().loc["adam"] == pytest.approx(
        race["best"].sel(optimizer="adam").item()
    )


def test_the_race_is_run_on_the_page_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("core.experiments.optimizers.race.RACE", SHORT)
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/optimizers.py").run()
    assert len(app.get("vega_lite_chart")) == 2
    (start,) = [button for button in app.button if "Start the race" in button.label]
    start.click().run()
    end = monotonic() + 60
    while len(app.get("vega_lite_chart")) < 4:
        assert not app.exception
        assert monotonic() < end, "the race never ended"
        app.run()
    (rate,) = [slider for slider in app.select_slider if slider.key == "optimizers_race"]
    rate.set_value("0.01").run()
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 4
    assert sorted(app.main.table[-1].value.index) == sorted(COMPARED)
    end_all()
