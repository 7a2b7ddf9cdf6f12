from math import inf, nan

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core import Config, record
from core.choices.activations import activations
from core.config.chosen import phi as phi_of
from core.measuring.histograms import (
    BIN_KINDS,
    BINS,
    HALF,
    TAIL,
    Bins,
    activation_bins,
    gradient_bins,
    histogram,
    quantiles,
    round_up,
    sort,
)

WHOLE_NUMBERS = Bins.between(torch.arange(-31.0, 31.0))  # 61 bins, from [-31, -30) to [29, 30]
FLOATS = st.floats(width=32) | st.sampled_from(
    [0.0, -0.0, 1e-45, -1e-45, inf, -inf, nan, *WHOLE_NUMBERS.edges.tolist()]
)


def counts(values: list[float], bins: Bins = WHOLE_NUMBERS) -> dict[str | int, int]:
    """Counts that are not 0, by kind, and by position for the inside bins."""
    row = histogram(sort(torch.tensor(values)), bins).tolist()
    names = [kind if kind != "inside" else place - 1 for place, kind in enumerate(BIN_KINDS)]
    return {name: count for name, count in zip(names, row, strict=True) if count}


def test_nothing_is_dropped():
    values = [-40.0, -inf, -31.0, 30.0, 30.5, inf, 0.0, -0.0, nan, 0.5]
    assert counts(values) == {"below": 2, 0: 1, 31: 1, 60: 1, "above": 2, "zero": 2, "nan": 1}


def test_a_value_at_an_edge_belongs_to_the_right_but_the_last_edge_to_the_left():
    assert counts([-31.0, -30.0, 29.0, 30.0]) == {0: 1, 1: 1, 60: 2}
    just_outside = np.nextafter(np.float32([-31, 30]), np.float32([-inf, inf])).tolist()
    assert counts(just_outside) == {"below": 1, "above": 1}


def test_exact_zero_is_counted_apart_from_tiny():
    assert counts([0.0, -0.0, 1e-45, -1e-45]) == {"zero": 2, 31: 1, 30: 1}
    assert counts([0.0, 1e-45, -1e-45, 1e-12, 2e-11], gradient_bins()) == {"zero": 1, 30: 3, 31: 1}


def test_all_nan():
    assert counts([nan, nan]) == {"nan": 2}


@given(st.lists(FLOATS, min_size=1))
def test_counts_are_those_of_counting_one_by_one(values):
    v, edges = np.array(values, np.float32), WHOLE_NUMBERS.edges.numpy()
    inside = v[(v >= edges[0]) & (v <= edges[-1]) & (v != 0)]
    expected = [(v < edges[0]).sum(), *np.histogram(inside, edges)[0], (v > edges[-1]).sum(), (v == 0).sum()]
    row = histogram(sort(torch.from_numpy(v)), WHOLE_NUMBERS).tolist()
    assert row == [*expected, np.isnan(v).sum()]
    assert sum(row) == len(values)


@given(st.lists(FLOATS, min_size=1))
def test_counts_of_gradients_always_sum_to_the_number_of_entries(values):
    row = histogram(sort(torch.tensor(values)), gradient_bins())
    assert row.sum() == len(values)
    assert row.min() >= 0


def test_leading_axes_are_each_of_their_rows():
    values = torch.randn(2, 3, 50, generator=torch.Generator().manual_seed(0)) * 20
    values[1, 2, :5] = nan
    values[0, 1, :7] = 0
    together = histogram(sort(values), WHOLE_NUMBERS)
    assert together.shape == (2, 3, len(BIN_KINDS))
    for row in np.ndindex(2, 3):
        assert torch.equal(together[row], histogram(sort(values[row]), WHOLE_NUMBERS))


def test_sort_puts_nan_last_and_leaves_its_argument():
    values = torch.tensor([[1.0, nan, -inf, 0.0], [3.0, 2.0, 1.0, inf]])
    assert sort(values).tolist()[1] == [1, 2, 3, inf]
    assert sort(values)[0, :3].tolist() == [-inf, 0, 1]
    assert sort(values)[0, 3].isnan()
    assert values[1].tolist() == [3, 2, 1, inf]


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_quantiles_are_numpys(values, shares):
    found = quantiles(sort(torch.tensor(values)), shares).numpy()
    exact = np.quantile(np.array(values), shares)
    span = max(values) - min(values) + max(map(abs, values))
    np.testing.assert_allclose(found, exact, rtol=1e-5, atol=1e-5 * span + 1e-44)


def test_quantiles_of_rows():
    values = torch.tensor([[0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0, nan], [inf] * 5])
    found = quantiles(values, (0.25, 0.5, 1.0))
    assert found[0].tolist() == [1, 2, 4]
    assert found[1].isnan().all()
    assert found[2].tolist() == [inf] * 3


RELU = phi_of(Config(activation="relu"))
BOUNDED = [
    name
    for name in activations
    if np.isfinite([phi_of(Config(activation=name)).low, phi_of(Config(activation=name)).high]).all()
]


@pytest.mark.parametrize("name", activations)
def test_the_axis_stays_within_the_range_of_the_activation(name):
    phi = phi_of(Config(activation=name))
    values = phi(torch.linspace(-3, 3, 1001)).expand(4, -1)
    edges = activation_bins(phi, sort(values)).edges
    assert len(edges) == BINS + 1
    assert (edges.diff() > 0).all()
    assert phi.low <= edges[0] <= 0 <= edges[-1] <= phi.high
    assert edges[-1] > 0 or phi.high == 0
    assert edges[0] <= values.min()
    assert values.max() <= edges[-1]


@pytest.mark.parametrize("name", BOUNDED)
def test_a_bounded_activation_is_shown_over_its_whole_range(name):
    phi = phi_of(Config(activation=name))
    for values in (torch.full((2, 5), 0.01), torch.full((2, 5), nan)):
        edges = activation_bins(phi, values).edges
        assert edges[[0, -1]].tolist() == torch.tensor([phi.low, phi.high], dtype=edges.dtype).tolist()


def axis(*layers: float) -> tuple[float, float]:
    """The ends of the axis for ReLU layers whose activations are all of one size."""
    edges = activation_bins(RELU, torch.tensor(layers)[:, None].expand(-1, 9)).edges
    return float(edges[0]), float(edges[-1])


def test_the_axis_follows_the_widest_layer_with_room_to_grow():
    assert axis(1.0, 0.1) == (0, 2)
    assert axis(1.0, 2.5) == (0, 5)


def test_the_axis_does_not_follow_an_explosion():
    assert axis(1.0, 10.0, 1e20, inf, nan) == (0, 20)


UNBOUNDED = [name for name in activations if name not in BOUNDED]


@pytest.mark.parametrize("times", [1e4, 1e30, -1e30])
@pytest.mark.parametrize(("samples", "wider"), [(20, TAIL), (100, TAIL), (500, 1.5)])
@pytest.mark.parametrize("name", UNBOUNDED)
def test_one_outlier_leaves_the_axis_and_is_counted(name, samples, wider, times):
    """All units of one sample lie far away, on the one side or on both."""
    phi, z = phi_of(Config(activation=name)), torch.randn(3, samples, 40, generator=torch.Generator().manual_seed(0))
    usual = activation_bins(phi, sort(phi(z).flatten(-2)))
    z[:, 0] *= times
    ordered = sort(phi(z).flatten(-2))
    bins = activation_bins(phi, ordered)
    if phi.low < 0 or samples == 500:  # where most may be exactly 0, the axis follows 99 %, whatever they are
        assert float(bins.edges[-1]) <= wider * float(usual.edges[-1])
        assert float(bins.edges[0]) >= wider * float(usual.edges[0])
    found = histogram(ordered, bins)
    assert (found.sum(-1) == samples * 40).all()


@pytest.mark.parametrize("name", UNBOUNDED)
def test_an_axis_without_outliers_holds_nearly_everything(name):
    phi, z = phi_of(Config(activation=name)), torch.randn(3, 20_000, generator=torch.Generator().manual_seed(0))
    ordered = sort(phi(z))
    found = histogram(ordered, activation_bins(phi, ordered))
    assert (found[..., [0, BIN_KINDS.index("above")]].sum(-1) < 0.001 * 20_000).all()


@pytest.mark.parametrize("value", [0.0, nan, inf])
def test_the_axis_of_nothing_to_be_seen_ends_at_1(value):
    assert axis(value, value) == (0, 1)
    assert float(activation_bins(phi_of(Config(activation="identity")), torch.full((2, 5), value)).edges[0]) == -1


def test_the_axis_without_hidden_layers_ends_at_1():
    assert float(activation_bins(RELU, torch.empty(0, 5)).edges[-1]) == 1


def test_gradients_are_binned_by_half_decades_on_both_sides_of_0():
    edges = gradient_bins().edges.double()
    torch.testing.assert_close(edges, -edges.flip(0))
    assert edges[HALF + 1 :].log10().tolist() == pytest.approx(np.arange(-11, 4.1, 0.5), abs=1e-6)
    assert gradient_bins().zero_bin == HALF


@given(st.floats(1e-30, 1e30))
def test_round_up_gives_the_next_number_of_one_or_two_digits(value):
    rounded = round_up(value)
    assert value * (1 - 1e-8) <= rounded <= 2.5 * value
    assert float(f"{rounded:.1e}") == pytest.approx(rounded, rel=1e-12, abs=0)
    assert round_up(rounded) == pytest.approx(rounded, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", [name for name in activations if name != "step"])
def test_what_is_normalized_after_the_activation_stays_on_the_axis(name):
    data = record(Config(activation=name, normalization="batch_norm_after", depth=3, width=16, steps=0)).data
    counts = data["activation_histogram"].isel(step=0)
    outside = counts.isel(bin=[BIN_KINDS.index("below"), BIN_KINDS.index("above")]).sum("bin") / counts.sum("bin")
    assert (outside < 0.01).all()


@pytest.mark.parametrize("name", UNBOUNDED)
def test_the_axis_does_not_follow_rounding(name):
    phi, z = phi_of(Config(activation=name)), torch.randn(3, 2_000, generator=torch.Generator().manual_seed(0))
    nothing, rounding, small = (activation_bins(phi, sort(size * z)).edges for size in (0, 2e-5, 2e-3))
    torch.testing.assert_close(rounding, nothing, rtol=0, atol=0)
    assert float(small[-1] - small[0]) < 0.1 * float(nothing[-1] - nothing[0])
