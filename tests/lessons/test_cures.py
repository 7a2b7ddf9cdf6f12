from pathlib import Path
from threading import Event

import numpy as np
import pytest
import streamlit as st
from drawn import assert_drawn_from
from streamlit.testing.v1 import AppTest

from core.charts.experiments.cures import ENDS, cures_frame, cures_spec
from core.config import Config
from core.experiments.cures import CURES, NEEDS, PATIENTS, SEEDS, Treated, at_first, bill, treated, treating, treatments
from core.networks.network import parameter_count
from core.sweeps import sweep
from core.sweeps.chunks import forget

APP = str(Path(__file__).parents[2] / "streamlit_app.py")
RELU, LEAKY, PRELU, ELU, MAXOUT, NORM, CENTRED, NO_BIAS, SLOWER = range(len(CURES))
UNTREATED = np.full((len(CURES), len(SEEDS)), np.nan)


@pytest.fixture(scope="module")
def trained():
    return {patient: treated(sweep(treatments(patient), variables=NEEDS)) for patient in PATIENTS}


def middle(values):
    return np.median(values, 1)


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_cure_changes_one_thing(patient):
    base = PATIENTS[patient].to_dict()
    changes = {
        name: {field for field, value in cure(PATIENTS[patient]).to_dict().items() if base[field] != value}
        for name, cure in CURES.items()
    }
    assert changes.pop("ReLU, no cure") == set()
    assert changes.pop("Bias 0") == ({"bias_init"} if patient == "Negative bias" else set())
    assert all(len(changed) == 1 for changed in changes.values())
    assert len(treatments(patient)) == len(CURES) * len(SEEDS)


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_slope_that_is_nowhere_0_leaves_no_unit_dead(patient, trained):
    shares = trained[patient].dead[[LEAKY, PRELU, MAXOUT]]
    assert (shares[np.isfinite(shares)] == 0).all()
    assert (at_first(patient)[[LEAKY, PRELU, ELU, MAXOUT]] == 0).all()


@pytest.mark.parametrize(("patient", "least"), [("Data far away", 0.35), ("Negative bias", 0.5)])
def test_some_patients_have_dead_units_from_the_start(patient, least):
    assert (at_first(patient)[RELU] > least).all()
    assert (at_first("Large learning rate")[RELU] < 0.15).all()


def test_far_data_are_cured_by_centring_and_batch_norm_and_not_by_a_slope(trained):
    loss = middle(trained["Data far away"].loss)
    assert max(loss[NORM], loss[CENTRED]) < 0.2 < 0.4 < min(loss[[RELU, LEAKY, PRELU, ELU]])


def test_a_negative_bias_is_cured_by_a_slope_that_is_large_enough_or_by_a_bias_of_0(trained):
    told = trained["Negative bias"]
    loss, still = middle(told.loss), middle(told.still)
    assert max(loss[[PRELU, ELU, MAXOUT, NORM, NO_BIAS]]) < 0.2 < 0.5 < min(loss[RELU], loss[LEAKY])
    assert still[LEAKY] == pytest.approx(still[RELU], abs=0.05)
    assert still[LEAKY] > 0.8


def test_a_large_learning_rate_kills_and_a_smaller_one_cures(trained):
    told = trained["Large learning rate"]
    dead, loss = middle(told.dead), middle(told.loss)
    assert dead[RELU] > 0.5 > dead[SLOWER]
    assert max(loss[SLOWER], loss[NORM]) < 0.1 < loss[RELU]


def test_maxout_costs_twice_the_weights():
    relu, maxout = (parameter_count(list(CURES.values())[cure](Config(depth=2, width=50))) for cure in (RELU, MAXOUT))
    outputs = 50 * 10 + 10
    assert maxout - outputs == 2 * (relu - outputs)


def test_the_bill_says_what_is_known():
    told = UNTREATED.copy()
    told[RELU, :3] = 0.5, 0.25, np.inf
    table = bill("Negative bias", Treated(told, told, told)).set_index("Cure")
    row = table.loc["ReLU, no cure"]
    assert row.tolist() == ["2,274", "50.0%", "50.0%", "0.5", "1 of 3"]
    assert table.loc["Maxout"].tolist() == ["4,482", "–", "–", "–", "0 of 0"]


def test_the_frame_holds_every_network_and_where_the_axis_ends():
    values = UNTREATED.copy()
    values[RELU, :4], values[ELU, :2] = (0.1, 0.3, 1e-9, np.inf), (1e30, 2.0)
    frame = cures_frame(values, "loss")
    low, high = ENDS["loss"]
    relu = frame.query("cure == 'ReLU, no cure' and mark in ('dot', 'lost')")
    np.testing.assert_allclose(relu["shown"], [0.1, 0.3, low, high])
    assert relu["mark"].tolist() == ["dot", "dot", "dot", "lost"]
    assert frame.query("cure == 'ELU'")["mark"].tolist() == ["lost", "dot", "median"]
    np.testing.assert_allclose(frame.query("mark == 'median'")["shown"], [0.2, high], rtol=1e-6)
    assert "Maxout" not in set(frame["cure"])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ENDS)
def test_every_column_that_is_drawn_is_in_its_frame(kind, dark):
    frame = cures_frame(at_first("Negative bias"), kind)
    assert_drawn_from(cures_spec(kind, dark=dark), frame)


def test_the_cures_are_tried_on_the_page_and_drawn(trained):
    """What was trained before comes from the cache."""
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/lessons/cures.py").run()
    assert len(app.main.get("vega_lite_chart")) == 1
    (button,) = [button for button in app.button if "Try the cures" in button.label]
    button.click().run()
    for _ in range(60):
        if len(app.dataframe):
            break
        app.run()
    assert not app.exception
    assert len(app.main.get("vega_lite_chart")) == 3
    assert app.dataframe[0].value["Cure"].tolist() == list(CURES)
    st.cache_resource.clear()


def test_a_trial_can_be_stopped_and_nothing_is_known_yet():
    forget()
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(treating("Negative bias", stop))
