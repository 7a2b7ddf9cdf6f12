"""Sick networks: a healthy one with one knob turned wrong, sometimes with two.

One decorated function is one fault: given a healthy Config and a source of random numbers, it returns the fields that
it turns and their wrong values, or nothing where it has no hold on that Config. The fields are the cause. Too few steps
are no fault: whoever waits is not ill.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from core.config import Config
from core.diagnosis.patients.healthy import FAST, STRAIGHT, Choices, Tables, drawn, log_uniform

TWICE = 0.15  # of all that are sick have two faults
PLAIN = ("sgd", "momentum", "nesterov")  # optimizers whose steps are as long as the gradient

Fault = Callable[[Config, Random], Choices]
FAULTS: list[Fault] = []


@dataclass(frozen=True)
class Patient:
    """A sick network, the fields of it that were turned wrong, and the healthy one that it was before."""

    config: Config
    cause: frozenset[str]
    base: Config


def sick_network(seed: int, tables: Tables | None = None) -> Patient:
    """The sick network of this seed, see `healthy_network`."""
    random = Random(f"sick {seed}")
    first = random.choice(FAULTS)
    while not (turned := first(base := drawn(random, tables), random)):
        pass
    if random.random() < TWICE:
        turned = _also(base, turned, random)
    return Patient(replace(base, **turned), frozenset(turned), base)


def _also(base: Config, turned: Choices, random: Random) -> Choices:
    """With a second fault, on other fields than the first, whose fields still matter beside it."""
    while True:
        more = random.choice(FAULTS)(replace(base, **turned), random)
        if more and more.keys().isdisjoint(turned) and all(map(replace(base, **turned, **more).matters, turned)):
            return turned | more


def fault(function: Fault) -> Fault:
    """Let the decorated function be one of the faults."""
    FAULTS.append(function)
    return function


@fault
def rate_too_high(base: Config, random: Random) -> Choices:
    """A learning rate ten to a thousand times as high."""
    return {"learning_rate": log_uniform(random, 10 * base.learning_rate, 1000 * base.learning_rate)}


@fault
def rate_too_low(base: Config, random: Random) -> Choices:
    """A learning rate a hundred to ten thousand times as low."""
    return {"learning_rate": log_uniform(random, base.learning_rate / 10_000, base.learning_rate / 100)}


@fault
def weights_too_large(base: Config, random: Random) -> Choices:
    """Weights three to thirty times as large."""
    return {"weight_scale": log_uniform(random, 3 * base.weight_scale, 30 * base.weight_scale)}


@fault
def weights_too_small(base: Config, random: Random) -> Choices:
    """Weights three to a hundred times as small, in layers enough to lose the signal."""
    if base.depth < 3:
        return {}
    return {"weight_scale": log_uniform(random, base.weight_scale / 100, base.weight_scale / 3)}


@fault
def bias_far_off(base: Config, random: Random) -> Choices:
    """A bias of 1 to 10, or as far below 0."""
    if base.normalization != "none":  # which takes it away again
        return {}
    return {"bias_init": random.choice((-1, 1)) * log_uniform(random, 1, 10)}


@fault
def all_units_alike(base: Config, random: Random) -> Choices:
    """Weights that make all units copies of one another, or all of one sign."""
    return {"initializer": random.choice(("constant", "zeros", "positive"))}


@fault
def unfitting_weights(base: Config, random: Random) -> Choices:
    """Small numbers whatever the width, or those that are made for another activation or for few layers."""
    if base.normalization != "none" or base.depth < 4:
        return {}
    return {"initializer": random.choice(("normal", "uniform", "pytorch_default"))}


@fault
def unfitting_activation(base: Config, random: Random) -> Choices:
    """Sigmoids on top of each other, or a threshold that no gradient passes."""
    if base.depth < 4:
        return {}
    return {"activation": "sigmoid" if base.normalization == "none" else "step"}


@fault
def threshold(base: Config, random: Random) -> Choices:
    """A threshold, which no gradient passes."""
    return {"activation": "step"} if base.depth > 1 else {}


@fault
def no_activation(base: Config, random: Random) -> Choices:
    """No activation: all layers together are a straight line."""
    return {} if base.dataset in (*STRAIGHT, "digits", "moons", "upload") else {"activation": "identity"}


@fault
def too_deep(base: Config, random: Random) -> Choices:
    """More layers than the weights carry a signal through."""
    if base.normalization != "none" or base.depth > 4 or base.width > 64 or base.steps > 400:
        return {}
    return {"depth": random.randint(20, 60)}


@fault
def too_much_decay(base: Config, random: Random) -> Choices:
    """Weight decay that pulls more strongly than what is learned."""
    return {"weight_decay": log_uniform(random, 3 if base.optimizer == "adamw" else 0.1, 10)}


@fault
def too_much_momentum(base: Config, random: Random) -> Choices:
    """Momentum that remembers hundreds of steps."""
    return {"momentum": round(random.uniform(0.995, 0.999), 4)} if base.matters("momentum") else {}


@fault
def clipped_to_nothing(base: Config, random: Random) -> Choices:
    """Gradients clipped to next to nothing, under an optimizer that needs their length."""
    return {"clip_norm": log_uniform(random, 1e-6, 1e-3)} if base.optimizer in PLAIN else {}


@fault
def too_much_dropout(base: Config, random: Random) -> Choices:
    """Dropout of nearly all activations."""
    return {"dropout": random.choice((0.8, 0.85, 0.9, 0.95))}


@fault
def one_sample_a_batch(base: Config, random: Random) -> Choices:
    """Batches of a single sample."""
    return {"batch_size": 1}


@fault
def too_narrow(base: Config, random: Random) -> Choices:
    """Layers of one or two units."""
    return {"width": random.randint(1, 2)} if base.depth > 1 else {}


@fault
def raw_inputs(base: Config, random: Random) -> Choices:
    """Inputs as they are, where they are large."""
    return {"preprocessing": "none"} if base.dataset in ("star_cloud", "upload") else {}


@fault
def unfitting_optimizer(base: Config, random: Random) -> Choices:
    """One that wants another learning rate than the one it finds, or other batches."""
    rate = base.learning_rate
    unfitting = ["lbfgs", "rprop", *(["adadelta"] * (rate < 0.05)), *(["sgd"] * (rate < 0.003))]
    return {"optimizer": random.choice(unfitting + list(FAST) * (base.optimizer in PLAIN and rate > 0.1))}
