"""The variances that initializers declare are those that they draw."""

import pytest

from core import Config
from core.choices.initializers import draw, initializers
from core.theory import predict
from core.theory.variances import variance

pytestmark = pytest.mark.numerics


@pytest.mark.parametrize("name", [name for name, entry in initializers.items() if entry.variance is not None])
def test_the_variances_are_those_that_are_drawn(name):
    config = Config(initializer=name, weight_scale=1.5)
    weight, bias = draw(name, 300, 500, config.generator("test"))
    expected = variance(config, 300, 500)
    assert float((1.5 * weight).square().mean()) == pytest.approx(expected.weight, rel=0.02)
    assert expected.weights == 500 * expected.weight
    assert float(bias.square().mean()) == pytest.approx(expected.bias, rel=0.2)


@pytest.mark.parametrize("name", initializers)
def test_every_initializer_has_a_theory_or_a_reason(name):
    assert (initializers[name].variance is not None) == (not predict(Config(initializer=name)).reason)
    assert initializers[name].variance is not None or name not in ("he_normal", "orthogonal", "pytorch_default")
