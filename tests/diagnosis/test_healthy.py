"""Networks that learn raise no alarm: all data sets, activations and optimizers, 1 to 30 layers deep.

None was chosen for what the doctor says of it, but for learning within a few steps: by its held-out score, like the
patients of the benchmarks.
"""

from itertools import product

import pytest

from benchmarks.patients import learned
from core import Config
from core.choices.activations import activations
from core.choices.optimizers import optimizers
from core.datasets import datasets
from core.diagnosis.doctor import diagnose
from core.measuring import Recording
from core.sweeps import sweep
from core.sweeps.runs import recordings_of

NOISES = {  # of each data set that is at hand and has something to be learned
    "digits": 0.0,
    "moons": 0.1,
    "circles": 0.05,
    "spiral": 0.05,
    "xor": 0.1,
    "blobs": 0.1,
    "star_cloud": 0.0,
    "line": 0.1,
    "curve": 0.1,
    "iris": 0.0,
    "wine": 0.0,
    "breast_cancer": 0.0,
}
RATES = {  # at which each optimizer usually trains networks as small as these
    "sgd": 0.1,
    "momentum": 0.02,
    "nesterov": 0.02,
    "adagrad": 0.03,
    "rmsprop": 0.003,
    "adadelta": 1.0,
    "adam": 0.005,
    "adamw": 0.005,
    "adamax": 0.01,
    "nadam": 0.005,
    "radam": 0.02,
    "rprop": 0.001,
    "lbfgs": 0.1,
}
WHOLE = {"rprop": 400, "lbfgs": 400}  # optimizers that want the gradient of all samples
SQUASHING = ("sigmoid", "hard_sigmoid")
CENTRED = ("tanh", "selu", "softsign", "hard_tanh", "identity")
SHORT = Config(width=24, samples=400, probe_size=128, snapshots=12, batch_size=32, depth=2, steps=200)
THIN = SHORT.with_instead(dataset="blobs", noise=0.1, width=16, samples=300, probe_size=64, snapshots=10, batch_size=64)
DEEP = [  # how many layers, what carries a signal through them, the steps that it takes, and at which rate
    (10, "batch_norm", ("relu", "tanh"), 100, 0.003),
    (10, "layer_norm", ("relu",), 100, 0.003),
    (10, "none", ("tanh", "selu"), 100, 0.003),
    (20, "batch_norm", ("relu", "tanh"), 120, 0.003),
    (20, "layer_norm", ("relu",), 150, 0.001),
    (20, "none", ("tanh", "selu"), 100, 0.001),
    (30, "batch_norm", ("tanh",), 150, 0.003),
    (30, "layer_norm", ("relu",), 200, 0.001),
    (30, "none", ("tanh", "selu"), 150, 0.001),
]


def with_activation(base: Config, name: str) -> Config:
    """With weights that suit the activation."""
    initializer = "xavier_normal" if name in SQUASHING else "lecun_normal" if name in CENTRED else "he_normal"
    return base.with_instead(activation=name, initializer=initializer)


def with_optimizer(base: Config, name: str) -> Config:
    """At the rate that suits the optimizer."""
    return base.with_instead(optimizer=name, learning_rate=RATES[name], batch_size=WHOLE.get(name, base.batch_size))


# Small tables hold out some 30 samples, of which one more or less decides: here all optimizers have one to spare, with
# the kernels of any processor.
SEEDS = {"iris": 3, "wine": 3, "breast_cancer": 3}
OF_DATA = [
    with_optimizer(SHORT.with_instead(dataset=dataset, noise=noise, seed=SEEDS.get(dataset, 0)), optimizer)
    for (dataset, noise), optimizer in product(NOISES.items(), RATES)
]
OF_ACTIVATION = [
    with_activation(with_optimizer(THIN, "adam"), name).with_instead(depth=1 if name in SQUASHING else 3, steps=100)
    for name in activations
    if name != "step"  # which has no slope
]
OF_DEPTH = [
    with_activation(with_optimizer(THIN, "adam"), activation).with_instead(
        normalization=normalization, depth=depth, steps=steps, learning_rate=rate
    )
    for depth, normalization, names, steps, rate in DEEP
    for activation in names
]
HEALTHY = [*OF_DATA, *OF_ACTIVATION, *OF_DEPTH]


def test_they_are_many_and_of_every_kind():
    assert len(HEALTHY) >= 100
    assert {config.optimizer for config in HEALTHY} == set(optimizers)
    assert {config.activation for config in HEALTHY} == set(activations) - {"step"}
    hopeless = {"upload", "gaussian", "diabetes"}  # of the last nobody explains more than half
    learnable = {name for name in datasets if datasets[name].download is None} - hopeless
    assert {config.dataset for config in HEALTHY} == learnable


def alarms(recordings: list[Recording]) -> list[str]:
    found = [(recording, diagnose(recording)) for recording in recordings]
    return [
        f"{recording.config.to_query()}: {diagnosis.verdict}, {[each.rule for each in diagnosis.found]}"
        for recording, diagnosis in found
        if diagnosis.verdict != "alive" or diagnosis.found
    ]


@pytest.fixture(scope="module")
def trained() -> list[Recording]:
    return recordings_of(sweep(HEALTHY), HEALTHY)


@pytest.mark.numerics
def test_all_of_them_learn(trained):
    assert [recording.config.to_query() for recording in trained if not learned(recording)] == []


@pytest.mark.numerics
def test_they_raise_no_alarm(trained):
    assert alarms(trained) == []


def test_nor_do_they_before_training():
    untrained = [config.at_start() for config in HEALTHY]
    assert alarms(recordings_of(sweep(untrained), untrained)) == []
