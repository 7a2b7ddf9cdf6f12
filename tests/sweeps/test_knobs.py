import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import Config
from core.sweeps.knobs import KNOBS, Knob
from core.sweeps.maps import map_of

FIELDS = Config.fields().values()
RATE = Knob("learning_rate", 0.001, 1.0)


def test_a_knob_is_logarithmic_where_its_field_is_and_zero_is_left_out():
    assert RATE.log
    assert [RATE.value(share) for share in (0, 1 / 3, 2 / 3, 1)] == pytest.approx([0.001, 0.01, 0.1, 1])
    from_zero = Knob("learning_rate", 0, 2)
    assert not from_zero.log
    assert from_zero.value(0.25) == 0.5
    assert not Knob("noise", 0.1, 1).log
    assert Knob("noise", 0.2, 1).value(0.25) == pytest.approx(0.4)


def test_each_whole_number_has_an_equal_stretch():
    shares = (np.arange(3000) + 0.5) / 3000
    values = [Knob("depth", 1, 3).value(share) for share in shares]
    assert all(type(value) is int for value in values)
    assert [values.count(depth) for depth in (1, 2, 3)] == [1000, 1000, 1000]


@given(
    name=st.sampled_from(["learning_rate", "weight_scale", "depth", "noise", "bias_init", "seed"]),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    share=st.floats(0, 1),
)
def test_no_value_is_outside_the_range(name, ends, share):
    declared = Config.fields()[name]
    low, high = sorted(declared.low + end * (declared.high - declared.low) for end in ends)
    low, high = (round(low), round(high)) if declared.whole else (low, high)
    if low < high:
        value = Knob(name, low, high).value(share)
        assert low <= value <= high
        declared.check(value)


def test_the_knobs_are_offered_by_their_place():
    places = [Config.fields()[name].knob for name in KNOBS]
    assert places == sorted(places)
    assert len(places) == len(set(places)) == sum(getattr(field, "knob", None) is not None for field in FIELDS)


@pytest.mark.parametrize("name", KNOBS)
def test_the_usual_range_of_a_knob_is_allowed(name):
    knob = Knob.usual(name)
    axis = knob.axis(8)
    assert (axis[0], axis[-1]) == (knob.low, knob.high)
    assert axis == sorted(set(axis))
    assert 2 <= len(axis) <= 8


def test_an_axis_has_even_steps():
    assert RATE.axis(4) == [0.001, 0.01, 0.1, 1.0]
    assert Knob("bias_init", -1, 1).axis(5) == [-1, -0.5, 0, 0.5, 1]
    assert Knob("depth", 1, 16).axis(5) == [1, 2, 4, 8, 16]
    assert Knob("depth", 0, 3).axis(9) == [0, 1, 2, 3]


@pytest.mark.parametrize(("seed", "seeds"), [(0, range(3)), (7, range(7, 10)), (2**31 - 1, range(2**31 - 3, 2**31))])
def test_a_map_takes_the_seed_of_its_settings_and_those_after_it(seed, seeds):
    cells = map_of(Config(seed=seed, depth=1), RATE, Knob.usual("depth"), side=4, seeds=3, steps=50)
    assert cells.axes["seed"] == tuple(seeds)
    assert list(cells.axes) == ["learning_rate", "depth", "seed"]
    assert (cells.base.steps, len(cells)) == (50, 4 * 4 * 3)
