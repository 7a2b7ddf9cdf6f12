import re
from math import pi, sqrt
from typing import get_type_hints

import pytest
import torch
from torch import Generator

from core.choices.initializers import draw, initializers

FAN_OUT, FAN_IN = 300, 500
INPUTS = 3 * torch.randn(200, FAN_IN, generator=Generator().manual_seed(9))
FIXED = ("zeros", "constant")
OTHERS = ("orthogonal", "lsuv", "sparse", "rai", "positive")  # have tests of their own below

each = pytest.mark.parametrize("name", initializers)


def drawn(name: str, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return draw(name, FAN_OUT, FAN_IN, Generator().manual_seed(seed), INPUTS)


def documented(name: str) -> tuple[float, float] | None:
    """The variance that the help text states, and the bound of a uniform distribution (infinite for a normal one)."""
    stated = initializers.help(name).split(":")[0]
    formula = re.match(r"(N\(0, |U\(±)(.*)\)", stated)
    if not formula:
        return None
    code = formula[2].replace("²", "**2").replace("√fan_in", "sqrt(fan_in)").replace("√", "sqrt")
    value = eval(code, {"sqrt": sqrt, "fan_in": FAN_IN, "fan_out": FAN_OUT})
    return (value, float("inf")) if formula[1].startswith("N") else (value**2 / 3, value)


@each
def test_shapes(name):
    weight, bias = drawn(name)
    assert weight.shape == (FAN_OUT, FAN_IN)
    assert bias.shape == (FAN_OUT,)
    assert weight.dtype == bias.dtype == torch.float32


@each
def test_the_generator_determines_it(name):
    torch.manual_seed(1)
    first = drawn(name)
    torch.manual_seed(2)
    assert all(torch.equal(a, b) for a, b in zip(first, drawn(name), strict=True))
    assert (name in FIXED) == torch.equal(first[0], drawn(name, seed=1)[0])


@each
def test_the_variance_is_the_documented_one(name):
    weight, _ = drawn(name)
    if documented(name) is None:
        assert name in OTHERS or len(weight.unique()) == 1
        return
    variance, bound = documented(name)
    deviations = sqrt(2 / weight.numel())  # of the relative error of the variance of normal numbers
    assert float(weight.square().mean()) == pytest.approx(variance, rel=5 * deviations)
    assert float(weight.mean()) == pytest.approx(0, abs=5 * sqrt(variance / weight.numel()))
    largest = float(weight.abs().max())
    assert largest == pytest.approx(bound, rel=1e-3) or (bound == float("inf") and largest > 4 * sqrt(variance))


def test_documented_formulas_are_read():
    assert documented("he_normal") == (2 / FAN_IN, float("inf"))
    assert documented("xavier_uniform") == pytest.approx((2 / (FAN_IN + FAN_OUT), sqrt(6 / (FAN_IN + FAN_OUT))))
    assert documented("normal")[0] == pytest.approx(1e-4)
    assert documented("pytorch_default")[1] == pytest.approx(FAN_IN**-0.5)


@each
def test_a_bias_is_drawn_by_those_that_say_so(name):
    says_so = get_type_hints(initializers[name].function)["return"] != torch.Tensor
    assert drawn(name)[1].any() == says_so
    assert says_so or name not in ("rai", "pytorch_default")


def test_the_bias_of_torch_is_drawn_as_its_weights():
    bias = draw("pytorch_default", 10_000, 16, Generator().manual_seed(0))[1]
    assert float(bias.abs().max()) == pytest.approx(1 / 4, rel=1e-3)
    assert float(bias.square().mean()) == pytest.approx(1 / 48, rel=0.05)


def test_constant_and_zeros():
    assert drawn("constant")[0].unique().tolist() == [pytest.approx(0.1)]
    assert drawn("zeros")[0].unique().tolist() == [0]


@pytest.mark.parametrize(("fan_out", "fan_in"), [(30, 50), (50, 30), (40, 40)])
def test_orthogonal_neither_stretches_nor_squeezes(fan_out, fan_in):
    weight = draw("orthogonal", fan_out, fan_in, Generator().manual_seed(0))[0]
    product = weight @ weight.T if fan_out <= fan_in else weight.T @ weight
    torch.testing.assert_close(product, torch.eye(min(fan_out, fan_in)), atol=1e-5, rtol=0)


def test_lsuv_gives_its_outputs_variance_1():
    weight, _ = drawn("lsuv")
    assert float((INPUTS @ weight.T).std(correction=0)) == pytest.approx(1, rel=1e-5)
    nothing = draw("lsuv", 4, 5, Generator().manual_seed(0), torch.zeros(10, 5))[0]
    assert nothing.isfinite().all()


def test_a_sparse_unit_listens_to_15_inputs():
    weight, _ = drawn("sparse")
    assert (weight != 0).sum(1).unique().tolist() == [15]
    assert float(weight[weight != 0].var()) == pytest.approx(1, rel=0.1)  # 4500 numbers
    assert (weight != 0).any(0).all()
    assert (draw("sparse", 6, 4, Generator().manual_seed(0))[0] != 0).all()


def test_rai_has_one_positive_number_a_unit():
    weight, bias = draw("rai", 4000, 4, Generator().manual_seed(0))
    both = torch.cat([weight, bias[:, None]], 1)
    assert float(both.mean()) == pytest.approx(2 / 3 / 5, rel=0.05)  # Beta(2, 1) has mean 2/3
    spread = 0.600747**2 / 4
    assert float(both.square().mean()) == pytest.approx(4 / 5 * spread + 1 / 5 / 2, rel=0.05)
    means = both.mean(0)  # any of the five is chosen equally often
    torch.testing.assert_close(means, means.mean().expand(5), atol=0.03, rtol=0)


def test_positive_weights_are_halves_of_a_normal():
    weight, _ = drawn("positive")
    assert (weight >= 0).all()
    assert float(weight.mean()) == pytest.approx(0.02 * sqrt(2 / pi), rel=0.01)
    assert float(weight.square().mean()) == pytest.approx(0.0004, rel=0.02)
