from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import record
from core.charts.experiments.optimizers.race import LOSSES, race_frame, rates_frame, table
from core.experiments.optimizers.landscapes import COMPARED
from core.experiments.optimizers.race import BASE, RACE, RATES, SEEDS, Race, raced
from core.sweeps import grid, sweep
from core.sweeps.sweeps import Partial
from core.work.progress import Progress

APP = str(Path(__file__).parents[3] / "streamlit_app.py")
SHORT = grid(replace(BASE, steps=4, snapshots=5, width=8), optimizer=COMPARED, learning_rate=RATES, seed=range(3))


@pytest.fixture(scope="module")
def swept():
    return sweep(SHORT, variables=())


@pytest.fixture(scope="module")
def race(swept):
    return Race.of(swept)


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
    assert race.optimizers == COMPARED
    assert race.losses.shape == (len(COMPARED), len(RATES), 3, 5)
    config = replace(SHORT[0], optimizer="adam", learning_rate=RATES[2], seed=1)
    alone = record(config).data["loss"].sel(split="train").values
    np.testing.assert_allclose(race.losses[COMPARED.index("adam"), 2, 1], alone, rtol=1e-4)
    start = race.losses[..., 0]
    np.testing.assert_allclose(start, np.broadcast_to(start[:1, :1], start.shape), rtol=1e-5)


def test_the_best_rate_is_that_of_the_lowest_median(race):
    medians = np.median(race.finals, 2)
    for over_rates, place in zip(medians, race.best, strict=True):
        assert over_rates[place] == over_rates.min()


@pytest.mark.numerics
def test_every_optimizer_has_a_valley_of_its_own_and_gets_below_a_hundredth():
    """As the lesson says, and no best rate lies at an end of the axis. Which one gets farther, rounding may decide."""
    run = Race.of(sweep(RACE, variables=()))
    assert run.best.min() > 0
    assert run.best.max() < len(RATES) - 1
    ends = np.median(run.finals, 2)[np.arange(len(COMPARED)), run.best]
    assert ends.max() < run.losses[..., 0].min() / 100


def test_a_run_that_diverged_is_infinite_and_not_the_best(swept):
    broken = swept.copy(deep=True)
    broken["loss"].loc[{"optimizer": "sgd", "learning_rate": RATES[-1], "step": 4}] = np.nan
    run = Race.of(broken)
    place = COMPARED.index("sgd")
    assert np.isinf(run.finals[place, -1]).all()
    assert run.best[place] < len(RATES) - 1
    lost = rates_frame(run).query("optimizer == 'sgd' and mark == 'above'")
    assert lost["shown"].tolist() == [LOSSES[1]]


def test_what_is_above_the_axis_is_an_arrow_at_its_end(swept):
    broken = swept.copy(deep=True)
    broken["loss"].loc[{"optimizer": "sgd", "learning_rate": 0.1, "step": [3, 4]}] = np.inf
    frame = race_frame(Race.of(broken), 0.1).query("optimizer == 'sgd'")
    assert frame["mark"].tolist() == [*["point"] * 3, *["above"] * 2]
    assert frame["shown"].tolist()[3:] == [LOSSES[1]] * 2


def test_the_table_has_each_optimizer_at_its_best_the_lowest_median_first(race):
    rows = table(race)
    ends = {
        name: (RATES[place], finals[place])
        for name, place, finals in zip(race.optimizers, race.best, race.finals, strict=True)
    }
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
    known = Race.of(Partial(Progress(len(places), len(SHORT), 1.0, 0.5), SHORT, (part,)).dataset())
    assert known.optimizers == ("adam",)
    assert set(race_frame(known, 0.1)["optimizer"]) - {""} == {"adam"}


def test_frames_hold_medians_between_the_lowest_and_the_highest(race):
    frame = race_frame(race, 0.01).query("optimizer == 'momentum'")
    losses = race.losses[COMPARED.index("momentum"), RATES.index(0.01)]
    np.testing.assert_allclose(frame["loss"], np.median(losses, 0), rtol=1e-6)
    np.testing.assert_allclose(frame["low"], losses.min(0), rtol=1e-6)
    np.testing.assert_allclose(frame["high"], losses.max(0), rtol=1e-6)
    best = race_frame(race, None).query("mark != 'corner'")
    assert best.groupby("optimizer", observed=True)["rate"].first().loc["adam"] == pytest.approx(
        RATES[race.best[COMPARED.index("adam")]]
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
    st.cache_resource.clear()
