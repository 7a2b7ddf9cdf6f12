"""Training against held-out samples: what is drawn and said holds at every rate and for every number of samples."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core import record
from core.charts.experiments.babysitting.generalization import HIGHEST, curves_frame, train_against_validation
from core.experiments.babysitting.generalization import (
    FEW,
    HELD_OUT,
    MANY,
    NETWORK,
    OPEN,
    RATES,
    SEEDS,
    against,
    curves,
    unseen,
)
from core.networks.data import draw_samples, load

LEARNS = RATES[1:]


def made(train, held_out):
    return against(50, np.arange(len(train)), np.array([train, held_out], float).T)


def told(found):
    """What the picture says of the gap."""
    return train_against_validation.sentence_of(found, "few").removeprefix("50 digits to learn from. ")


@pytest.mark.numerics
def test_the_gap_opens_with_few_samples_and_stays_closed_with_many():
    for rate in LEARNS:
        assert curves(FEW[0], rate)["opens"], rate
        assert not curves(MANY, rate)["opens"], rate


@pytest.mark.numerics
def test_where_nothing_is_learned_there_is_no_gap():
    for samples in (*FEW, MANY):
        assert not curves(samples, RATES[0])["opens"]


@pytest.mark.numerics
@pytest.mark.parametrize("rate", LEARNS)
def test_more_samples_make_a_smaller_gap(rate):
    gaps = [curves(samples, rate)["gap"].values[-1] for samples in (*FEW, MANY)]
    assert gaps == sorted(gaps, reverse=True)


@pytest.mark.numerics
def test_with_few_samples_and_large_steps_the_loss_on_held_out_samples_turns():
    found = curves(FEW[0], RATES[-1])
    held_out, lowest = found["loss"].sel(split="validation"), found["lowest"].item()
    assert 0 < lowest < found["step"].values[-1]
    assert held_out.values[-1] > held_out.sel(step=lowest).item() + 0.1


def test_the_loss_on_training_samples_is_that_of_networks_trained_alone():
    alone = [
        record(replace(NETWORK, samples=50, probe_size=50, learning_rate=0.01, seed=seed)).data["loss"]
        for seed in SEEDS
    ]
    expected = np.mean([loss.sel(split="train") for loss in alone], 0)
    found = curves(50, 0.01)
    np.testing.assert_allclose(found["loss"].sel(split="train"), expected, rtol=1e-3)
    assert found["step"].values.tolist() == alone[0]["step"].values.tolist()


@pytest.mark.parametrize("samples", [FEW[0], MANY])
def test_what_is_held_out_was_never_learned_from(samples):
    config = replace(NETWORK, samples=samples, probe_size=16)
    digits = draw_samples(config)
    inputs, targets = unseen(digits, config)
    assert inputs.shape == (HELD_OUT, 64)
    assert targets.shape == (HELD_OUT,)
    assert 0 <= inputs.min() < inputs.max() == 1
    assert not (torch.cdist(inputs.double(), load(config).inputs.double()) == 0).any()
    assert not torch.equal(inputs, unseen(digits, replace(config, seed=1))[0])


def test_words_say_whether_the_gap_opens_and_where_validation_turns():
    assert told(made([2, 1, 0.5], [2, 1.5, 1.7])) == (
        "The gap opens: 0.00 before training, 1.20 after 2 steps. "
        "The loss on held-out samples is lowest at step 1, 1.50; at the end it is 1.70."
    )
    assert told(made([2, 1, 0.5], [1.999, 1, 0.5])) == (
        "The gap stays closed: 0.00 before training, 0.00 after 2 steps. "
        "The loss on held-out samples is lowest at the end, 0.500."
    )
    assert not made([2, 1], [2, 1 + 0.99 * OPEN])["opens"]


def test_another_rate_is_refused_in_words():
    with pytest.raises(ValueError, match=r"learning_rate must be one of 0.0001, .*, 0.03; got 0.5"):
        curves(50, 0.5)


def test_the_frame_holds_both_losses_the_gap_and_the_lowest():
    for samples in (*FEW, MANY):
        for rate in RATES:
            found = curves(samples, rate)
            assert found["loss"].max() < HIGHEST
            frame = curves_frame(found)
            for split in ("train", "validation"):
                lines = frame[(frame["mark"] == "line") & (frame["split"] == split)]
                np.testing.assert_allclose(lines["loss"], found["loss"].sel(split=split), rtol=1e-6)
            gap = frame[frame["mark"] == "gap"]
            np.testing.assert_allclose(gap["loss"] - gap["train"], found["gap"], atol=1e-6)
            (lowest,) = frame[frame["mark"] == "lowest"].to_dict("records")
            assert lowest["loss"] == pytest.approx(found["loss"].sel(split="validation").min().item())
