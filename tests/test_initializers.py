import re
from math import sqrt

import pytest
import torch
from torch import Generator

from core.initializers import draw, initializers

FAN_OUT, FAN_IN = 300, 500

each = pytest.mark.parametrize("name", initializers)


def drawn(name: str, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return draw(name, FAN_OUT, FAN_IN, Generator().manual_seed(seed))


def documented(name: str) -> tuple[float, float] | None:
    """The variance that the help text states, and the bound of a uniform distribution (infinite for a normal one)."""
    stated = initializers.help(name).split(":")[0]
    formula = re.search(r"(N\(0, |U\(±)(.*)\)", stated)
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
    assert (documented(name) is None) == torch.equal(first[0], drawn(name, seed=1)[0])


@each
def test_the_variance_is_the_documented_one(name):
    weight, _ = drawn(name)
    if documented(name) is None:
        assert len(weight.unique()) == 1
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


def test_only_pytorch_default_draws_a_bias():
    assert [name for name in initializers if drawn(name)[1].any()] == ["pytorch_default"]
    bias = draw("pytorch_default", 10_000, 16, Generator().manual_seed(0))[1]
    assert float(bias.abs().max()) == pytest.approx(1 / 4, rel=1e-3)
    assert float(bias.square().mean()) == pytest.approx(1 / 48, rel=0.05)


def test_constant_and_zeros():
    assert drawn("constant")[0].unique().tolist() == [pytest.approx(0.1)]
    assert drawn("zeros")[0].unique().tolist() == [0]
