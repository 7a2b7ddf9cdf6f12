"""What batch norm answers to one sample in many batches, and how that is drawn."""

import numpy as np
import pytest
import torch

from core import Config
from core.charts.experiments.batch_norm import company
from core.experiments.batch_norm import answers
from core.networks import build
from core.networks.data import load

SIZES = (2, 8, 64)


def test_of_two_samples_one_gets_plus_and_the_other_minus_one():
    found = answers(2, 1.0, 0.0)
    assert abs(found["in_training"]).mean().item() == pytest.approx(1, abs=0.01)
    assert (found["in_training"] > 0).mean() > 0.7  # the sample lies above the mean
    wide = answers(256, 1.0, 0.0)
    assert wide["spread"] < found["spread"] / 5
    assert wide["spread"] == wide["in_training"].values.std()
    np.testing.assert_allclose([wide["in_use"], wide["in_training"].mean()], 1, atol=0.02)


@pytest.mark.parametrize("size", SIZES)
def test_training_divides_by_the_biased_variance_and_the_unbiased_one_is_kept(size):
    """Trap 6."""
    found = answers(size, 1.0, 0.0)
    assert found["biased"].item() == pytest.approx((size - 1) / size, rel=0.05)
    assert found["unbiased"].item() == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("size", SIZES)
def test_scale_and_shift_come_last(size):
    plain, moved = answers(size, 1.0, 0.0), answers(size, 2.0, -1.0)
    for name in ("in_training", "in_use"):
        np.testing.assert_allclose(moved[name], 2 * plain[name] - 1)


def test_answers_are_those_of_torch():
    """A batch norm of torch that keeps what ours keeps gives the same answer in use."""
    unit = Config(depth=1, steps=0)
    with torch.no_grad():
        every = build(unit).trace(load(unit).inputs).pre_activations[0][:, :1].double()
        theirs = torch.nn.BatchNorm1d(1, momentum=1.0).double()
        theirs(every)
        one = every[((every - every.mean()) / every.std(correction=0) - 1).abs().argmin()]
        assert theirs.eval()(one[None]).item() == pytest.approx(answers(256, 1.0, 0.0)["in_use"].item(), abs=0.02)


def test_a_batch_of_one_has_no_answer():
    with pytest.raises(ValueError, match="a batch has a variance from two samples on; got 1"):
        answers(1, 1.0, 0.0)


def test_every_answer_is_in_a_bar_of_the_same_axes():
    ends = []
    for size in (2, 4, 8, 16, 32, 64, 256):
        for scale, shift in ((0.5, -1.0), (2.0, 1.0)):
            frame = company.frame_of(answers(size, scale, shift))
            assert frame.query("mark == 'bar'")["share"].sum() == pytest.approx(1)
            ends.append(frame.query("mark == 'corner'")[["x", "share"]].to_numpy().tolist())
    assert all(end == ends[0] for end in ends)
