from pathlib import Path
from threading import Event

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.charts.experiments.cures import CURES as NAMES
from core.charts.experiments.cures import ENDS, loss_after
from core.config import Config
from core.experiments.cures import CURES, NEEDS, PATIENTS, SEEDS, at_first, bill, treated, treating, treatments
from core.networks.network import parameter_count
from core.sweeps import sweep
from core.sweeps.chunks import forget
from ui.jobs.visitors import end_all

APP = str(Path(__file__).parents[2] / "streamlit_app.py")


@pytest.fixture(scope="module")
def trained():
    return {patient: treated(sweep(treatments(patient), variables=NEEDS)) for patient in PATIENTS}


@pytest.fixture
def untreated():
    """The networks of a patient of which nothing is known yet."""
    return at_first("negative_bias").where(False)


def middle(values):
    return values.median("seed")


def largest(values, *cures):
    return values.sel(cure=list(cures)).max()


def smallest(values, *cures):
    return values.sel(cure=list(cures)).min()


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_cure_changes_one_thing(patient):
    base = PATIENTS[patient].to_dict()
    changes = {
        name: {field for field, value in cure(PATIENTS[patient]).to_dict().items() if base[field] != value}
        for name, cure in CURES.items()
    }
    assert changes.pop("none") == set()
    assert changes.pop("zero_bias") == ({"bias_init"} if patient == "negative_bias" else set())
    assert all(len(changed) == 1 for changed in changes.values())
    assert len(treatments(patient)) == len(CURES) * len(SEEDS)


@pytest.mark.numerics
@pytest.mark.parametrize("patient", PATIENTS)
def test_a_slope_that_is_nowhere_0_leaves_no_unit_dead(patient, trained):
    shares = trained[patient]["dead"].sel(cure=["leaky_relu", "prelu", "maxout"]).values
    assert (shares[np.isfinite(shares)] == 0).all()
    assert largest(at_first(patient)["dead"], "leaky_relu", "prelu", "elu", "maxout") == 0


@pytest.mark.numerics
@pytest.mark.parametrize(("patient", "least"), [("far_data", 0.35), ("negative_bias", 0.5)])
def test_some_patients_have_dead_units_from_the_start(patient, least):
    assert smallest(at_first(patient)["dead"], "none") > least
    assert largest(at_first("large_rate")["dead"], "none") < 0.15


@pytest.mark.numerics
def test_far_data_are_cured_by_centring_and_batch_norm_and_not_by_a_slope(trained):
    loss = middle(trained["far_data"]["loss"])
    assert largest(loss, "batch_norm", "centred") < 0.2
    assert smallest(loss, "none", "leaky_relu", "prelu", "elu") > 0.4


@pytest.mark.numerics
def test_a_negative_bias_is_cured_by_a_slope_that_is_large_enough_or_by_a_bias_of_0(trained):
    told = middle(trained["negative_bias"])
    assert largest(told["loss"], "prelu", "elu", "maxout", "batch_norm", "zero_bias") < 0.2
    assert smallest(told["loss"], "none", "leaky_relu") > 0.5
    leaky, relu = (told["still"].sel(cure=cure).item() for cure in ("leaky_relu", "none"))
    assert leaky == pytest.approx(relu, abs=0.05)
    assert leaky > 0.8


@pytest.mark.numerics
def test_a_large_learning_rate_kills_and_a_smaller_one_cures(trained):
    told = middle(trained["large_rate"])
    dead = told["dead"]
    assert dead.sel(cure="none") > 0.5 > dead.sel(cure="slower")
    assert largest(told["loss"], "slower", "batch_norm") < 0.1 < told["loss"].sel(cure="none")


def test_maxout_costs_twice_the_weights():
    relu, maxout = (parameter_count(CURES[cure](Config(depth=2, width=50))) for cure in ("none", "maxout"))
    outputs = 50 * 10 + 10
    assert maxout - outputs == 2 * (relu - outputs)


def test_the_bill_says_what_is_known(untreated):
    value = untreated["loss"]
    value.loc[{"cure": "none", "seed": [0, 1, 2]}] = [0.5, 0.25, np.inf]
    told = bill("negative_bias", untreated.assign(dead=value, still=value))
    relu, maxout = (told.sel(cure=cure) for cure in ("none", "maxout"))
    assert [relu[name].item() for name in ("parameters", "dead", "diverged", "known")] == [2274, 0.5, 1, 3]
    assert relu["dead"] == relu["still"] == relu["loss"]
    assert [maxout[name].item() for name in ("parameters", "diverged", "known")] == [4482, 0, 0]
    assert np.isnan([maxout[name] for name in ("dead", "still", "loss")]).all()


def test_the_frame_holds_every_network_and_where_the_axis_ends(untreated):
    untreated["loss"].loc[{"cure": "none", "seed": [0, 1, 2, 3]}] = [0.1, 0.3, 1e-9, np.inf]
    untreated["loss"].loc[{"cure": "elu", "seed": [0, 1]}] = [1e30, 2.0]
    frame = loss_after.frame_of(untreated)
    low, high = ENDS["loss"]
    relu = frame[(frame["cure"] == NAMES["none"]) & frame["mark"].isin(["dot", "lost"])]
    np.testing.assert_allclose(relu["shown"], [0.1, 0.3, low, high])
    assert relu["mark"].tolist() == ["dot", "dot", "dot", "lost"]
    assert frame[frame["cure"] == NAMES["elu"]]["mark"].tolist() == ["lost", "dot", "median"]
    np.testing.assert_allclose(frame.query("mark == 'median'")["shown"], [0.2, high], rtol=1e-6)
    assert NAMES["maxout"] not in set(frame["cure"])


def test_every_cure_has_a_name():
    assert list(NAMES) == list(CURES)


def test_the_cures_are_tried_on_the_page_and_drawn(trained):
    """What was trained before comes from the cache."""
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/cures.py").run()
    assert len(app.main.get("vega_lite_chart")) == 1
    (button,) = [button for button in app.button if "Try the cures" in button.label]
    button.click().run()
    for _ in range(60):
        if len(app.dataframe):
            break
        app.run()
    assert not app.exception
    assert len(app.main.get("vega_lite_chart")) == 3
    assert app.dataframe[0].value["Cure"].tolist() == list(NAMES.values())
    end_all()


def test_a_trial_can_be_stopped_and_nothing_is_known_yet():
    forget()
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(treating("negative_bias", stop))
