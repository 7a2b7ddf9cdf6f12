from dataclasses import replace

import numpy as np
import pytest

from core import Config, record
from core.experiments.published import SLIDES, printed

NETWORK = Config(dataset="gaussian", features=500, samples=1000, probe_size=500, width=500, depth=10, steps=0)


@pytest.mark.parametrize("slide", SLIDES, ids=lambda slide: slide.initializer)
def test_our_network_is_near_the_slide(slide):
    choices = {"initializer": slide.initializer, "weight_scale": slide.weight_scale, "activation": slide.activation}
    recording = record(replace(NETWORK, **choices))
    assert printed(recording.config) == slide
    assert len(slide.numbers) == recording.config.depth
    # The slide shows one network: after l layers of ReLU the logarithm of an RMS strays by √(5 l / 500) / 2.
    first, two_deviations = slice(0, 5), {"tanh": 0.05, "relu": (5 * 5 / 500) ** 0.5}[slide.activation]
    measured = recording.variables[slide.statistic].values[0][first]
    np.testing.assert_allclose(measured, slide.numbers[first], rtol=two_deviations)


def test_other_networks_have_no_slide():
    assert printed(NETWORK) is not None
    for other in ({"width": 8}, {"depth": 2}, {"activation": "elu"}, {"bias_init": 0.1}, {"dataset": "digits"}):
        assert printed(replace(NETWORK, **other)) is None
