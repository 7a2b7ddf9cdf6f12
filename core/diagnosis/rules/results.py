"""Rules on what became of a run, whatever was the reason."""

import numpy as np

from core.config import Config
from core.diagnosis.finding import HARM, NOTE
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import DEEP, Signs, largest
from core.networks.curves import curve

EVERYWHERE = (-30.0, -1.0, 0.5, 30.0)  # pre-activations at which a straight line has one slope
STILL = 0.01  # of the size of the weights: who has moved by less has tried nothing
NARROW = 2  # units through which everything has to pass
GAP = 0.3  # how far the score on held-out samples lies behind that in training
SWINGS = 0.2  # share of looks at which the score turns by SWING and more
SWING = 0.03


@rule(
    "Too narrow",
    47,
    sick=lambda: Config(width=1, depth=2, activation="tanh", dataset="circles", steps=300),
    source="Lu et al. 2017, The expressive power of neural networks: a width of the number of inputs is not enough",
    needs=("config",),
    layers=True,
    trained=True,
    remedies=("wider",),
    says={
        "too_narrow": "Everything has to pass through layers of {width} units.",
        "single_file": "Everything has to pass through layers of one unit.",
        "no_too_narrow": "The narrowest layer has {width} units.",
    },
)
def too_narrow(signs: Signs) -> Opinion:
    """Layers of one or two units, through which everything has to pass."""
    width = int(signs.recording.layer_widths.min())
    if width > NARROW:
        return healthy({"width": width})
    single = "single_file" if width == 1 else ""
    return _untried(signs) or found(HARM, ("width",), {"width": width}, saying=single)


@rule(
    "Too simple",
    48,
    sick=lambda: Config(dataset="circles", depth=0, steps=300),
    source="Minsky & Papert 1969, Perceptrons: what no straight line separates",
    needs=("config",),
    trained=True,
    remedies=("deeper", "relu"),
    says={
        "too_simple": "There is no hidden layer: the network can draw nothing but a straight line.",
        "linear": "This activation is a straight line, so all layers together are one: the network can draw "
        "nothing but a straight line.",
        "no_too_simple": "There is a hidden layer, whose activation is no straight line.",
    },
)
def too_simple(signs: Signs) -> Opinion:
    """A network without hidden layers, or with linear ones: all it can draw is a straight line."""
    if not signs.recording.depth:
        return _untried(signs) or found(HARM, ("depth",))
    assert signs.config is not None
    slopes = curve(signs.config).slope(np.array(EVERYWHERE))
    is_line = curve(signs.config).pieces == 1 and slopes.all() and np.ptp(slopes) == 0
    if not is_line:
        return healthy()
    return _untried(signs) or found(HARM, ("activation",), saying="linear")


@rule(
    "Oscillating",
    86,
    sick=lambda: Config(
        activation="tanh",
        initializer="lecun_normal",
        depth=3,
        learning_rate=2.0,
        batch_size=8,
        steps=300,
    ),
    source="AUTOTRAINER (Zhang et al. 2021): swings of the accuracy of 0.03 and more in a fifth of all epochs",
    samples=True,
    trained=True,
    remedies=("lower_rate", "larger_batch"),
    says={
        "oscillating": "The score swings to and fro at {share} of all looks.",
        "no_oscillating": "The score swings to and fro at {share} of all looks.",
    },
)
def oscillating(signs: Signs) -> Opinion:
    """The score swings to and fro."""
    scores = signs.scores[:, 0]
    scores = scores[np.isfinite(scores)]
    if len(scores) < 10:
        return not_applicable("too_early")
    turns = np.diff(scores)
    swings = (turns[1:] * turns[:-1] < 0) & (np.minimum(abs(turns[1:]), abs(turns[:-1])) > SWING)
    share = float(swings.mean())
    return (
        found(HARM, ("learning_rate", "batch_size"), {"share": share}) if share > SWINGS else healthy({"share": share})
    )


@rule(
    "Too deep",
    90,
    sick=lambda: Config(activation="hard_tanh", initializer="lecun_normal", depth=50, width=16, steps=200),
    source="Schoenholz et al. 2017, Deep information propagation: without a normalization, depth has its limits; He et "
    "al. 2016: deeper networks without skips learn worse",
    needs=("loss",),
    layers=True,
    trained=True,
    remedies=("batch_norm", "shallower", "much_lower_rate"),
    says={
        "too_deep": "It does not learn, and {layers} layers without a normalization are many.",
        "no_too_deep": "Hidden layers: {layers}.",
    },
)
def too_deep(signs: Signs) -> Opinion:
    """Many layers without a normalization, in a network that does not learn."""
    depth, config = signs.recording.depth, signs.config
    plain = config is None or config.normalization == "none"
    many = plain and depth >= DEEP and signs.learned is False
    return found(HARM, ("depth", "normalization"), {"layers": depth}) if many else healthy({"layers": depth})


@rule(
    "Overfitting",
    88,
    sick=lambda: Config(samples=20, noise=1.0, dataset="moons", width=128, steps=800, learning_rate=0.3),
    source="Goodfellow, Bengio, Courville 2016, section 5.2: the gap between training and held-out samples",
    needs=("loss",),
    samples=True,
    trained=True,
    though_learned=True,
    remedies=("more_samples", "some_dropout", "some_decay"),
    says={
        "overfitting": "Overfitting: the score in training is {train} of a perfect one, on held-out samples "
        "{held_out}.",
        "no_overfitting": "The score on held-out samples is {held_out} of a perfect one, in training {train}.",
    },
)
def overfitting(signs: Signs) -> Opinion:
    """Training samples are learned far better than held-out ones."""
    train, held_out = signs.scores[-1]
    if np.isnan(train - held_out):
        return not_applicable("no_score")
    if train - held_out > GAP:
        severity = NOTE if signs.learned else HARM
        return found(severity, ("samples", "dropout", "weight_decay"), {"train": train, "held_out": held_out})
    return healthy({"train": train, "held_out": held_out})


@rule(
    "Not learning",
    98,
    sick=lambda: Config(learning_rate=1e-4, steps=300),
    source="AUTOTRAINER (Zhang et al. 2021): not learning; here on held-out samples, and against guessing",
    trained=True,
    remedies=("much_higher_rate", "much_lower_rate", "adam", "batch_norm", "wider"),
    says={
        "not_learning": "It has not learned: on held-out samples it has come {score} of the way from guessing to a "
        "perfect score.",
        "no_not_learning": "It learns: on held-out samples it has come {score} of the way to a perfect score.",
    },
)
def not_learning(signs: Signs) -> Opinion:
    """The network does not learn: it is closer to guessing than to a perfect score."""
    if signs.learned is None or np.isnan(signs.score):
        return not_applicable("no_score")
    seen = {"score": signs.score, "best": largest(signs.scores[:, 1], -np.inf)}
    knobs = ("momentum",) * signs.heavy + ("learning_rate", "steps")
    return healthy(seen) if signs.learned else found(HARM, knobs, seen)


def _untried(signs: Signs) -> Opinion | None:
    """Why nobody knows what a network could learn, if its steps went wrong before it could show that."""
    if signs.diverged:
        return not_applicable("cut_short")
    return not_applicable("hardly_moved") if signs.recording.depth and signs.travel < STILL else None
