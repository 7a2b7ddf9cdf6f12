"""Networks in which each rule finds something, in every one of its sentences.

What the doctor says of one is written as "verdict of cause: knobs". In a sentence, # stands for a number that another
processor may round otherwise.
"""

from tables import table

from core import Config
from core.datasets.uploads import keep

SMALL = {"width": 16, "depth": 2, "snapshots": 12}


def uploaded(rows: list[str], head: str = "x,y", **fields: object) -> Config:
    """A Config on a table of these rows, which predicts y; untrained unless told otherwise."""
    digest = keep(table("\n".join([head, *rows]).encode(), "y"))
    return Config(dataset="upload", table=digest, **{"depth": 1, "steps": 0, **fields})


def doubles(**fields: object) -> Config:
    """y = 2x with x = 0, 1, …, 199, as it is."""
    return uploaded([f"{x},{2 * x}" for x in range(200)], preprocessing="none", **fields)


DECLARED = {  # of the network that each rule declares: what the doctor says of it, and the sentence of the rule
    "raw_inputs": ("sick of raw_inputs: preprocessing", "The inputs lie far from 0: # times as far as they vary."),
    "nothing_to_learn": (
        "dead of nothing_to_learn: dataset",
        "All training samples are of one class, so there is nothing to learn.",
    ),
    "labels_do_not_fit": (
        "sick of labels_do_not_fit: dataset, samples",
        "Learned by heart: the score in training is # of a perfect one, on held-out samples #. The labels have "
        "nothing to do with the inputs, or there are far too few samples.",
    ),
    "no_gradient": (
        "sick of copies: initializer",
        "No gradient reaches a hidden unit before training, only rounding: the terms of its sums cancel.",
    ),
    "vanishing": (
        "sick of signal_lost: activation, normalization, depth, initializer",
        "The gradient vanishes on its way back, before training: first layer to last, it is 1 : #.",
    ),
    "exploding": (
        "sick of exploding: weight_scale",
        "The gradient explodes on its way back, before training: first layer to last, it is # : 1.",
    ),
    "too_narrow": (
        "sick of too_narrow: width",
        "Everything has to pass through layers of one unit.",
    ),
    "too_simple": (
        "sick of too_simple: depth",
        "There is no hidden layer: the network can draw nothing but a straight line.",
    ),
    "oscillating": ("sick of rate_too_high: learning_rate", "The score swings to and fro at # of all looks."),
    "too_deep": (
        "sick of too_deep: depth, normalization",
        "It does not learn, and 50 layers without a normalization are many.",
    ),
    "overfitting": (
        "sick of rate_too_high: learning_rate",
        "Overfitting: the score in training is # of a perfect one, on held-out samples #.",
    ),
    "not_learning": (
        "sick of rate_too_low: learning_rate, optimizer, steps",
        "It has not learned: on held-out samples it has come # of the way from guessing to a perfect score.",
    ),
    "out_of_range": (
        "dead of out_of_range: weight_scale",
        "The signal of the untrained network leaves the range of numbers in layer 13.",
    ),
    "zero_weights": (
        "dead of zero_weights: initializer",
        "All weights are 0 in layers 1 to 5: what goes in makes no difference to what comes out.",
    ),
    "copies": (
        "sick of copies: initializer",
        "All units are copies of one another in layers 1 to 5: they get the same gradient and stay copies.",
    ),
    "no_slope": (
        "sick of no_slope: activation",
        "The slope of this activation is 0 everywhere: only the output layer gets a gradient.",
    ),
    "born_dead": (
        "dead of born_dead: bias_init",
        "All units in layer 5 are born dead (# of 320 in all, on 256 samples): no gradient passes.",
    ),
    "saturated": (
        "sick of saturated: weight_scale",
        "# of the activations are saturated before training in layers 1 to 8: little gradient passes them.",
    ),
    "signal_lost": (
        "sick of signal_lost: activation, normalization, depth, initializer",
        "The signal is lost on its way: the last layer tells samples apart by # of what it could, before training.",
    ),
    "pushed": (
        "sick of pushed: bias_init",
        "The bias is larger than the sums: the first layer tells samples apart by # of its size.",
    ),
    "signal_grows": (
        "dead of signal_grows: weight_scale",
        "The signal is too large before training: # times that of the inputs.",
    ),
    "poor_start": (
        "sick of poor_start: weight_scale",
        "The loss before training is #, # times that of guessing (2.30): the outputs are too large.",
    ),
    "decay_too_strong": (
        "sick of decay_too_strong: weight_decay",
        "Weight decay pulls # times as strongly as the gradient.",
    ),
    "batch_too_small": (
        "sick of batch_too_small: batch_size, normalization",
        "Batch norm takes its mean and variance from 1 in a batch, which say nothing.",
    ),
    "clipped_away": (
        "sick of clipped_away: clip_norm",
        "Clipping leaves # of a usual gradient, so the steps are too short.",
    ),
    "rate_too_high": (
        "dead of rate_too_high: learning_rate",
        "Diverged at step 3: the steps are too long for this network. First seen out of the range of numbers: the "
        "signal in layer 5, at step 3.",
    ),
    "rate_too_low": (
        "sick of rate_too_low: learning_rate, optimizer, steps",
        "The steps are too short: all together they could have changed the weights by #, in their size.",
    ),
    "dropout_too_strong": (
        "dead of dropout_too_strong: dropout",
        "Dropout takes away 90.0% of the activations at each step.",
    ),
}
OTHERS = [  # the rule, a Config, what the doctor says of it, and the sentence of the rule
    (
        "decay_too_strong",
        lambda: Config(weight_decay=10.0, steps=0),
        "unknown",
        "Weight decay will take 50.0% of each weight at each step: often more than is learned.",
    ),
    (
        "decay_too_strong",
        lambda: Config(weight_decay=10.0, learning_rate=0.5, steps=0),
        "dead of decay_too_strong: weight_decay, learning_rate",
        "Weight decay times learning rate is #, more than 2: each step turns the weights over and lets them grow.",
    ),
    (
        "rate_too_high",
        lambda: Config(learning_rate=100.0, steps=0),
        "unknown",
        "The first step is up to # of the weights in layers 1 to 5: often too long to learn.",
    ),
    (
        "rate_too_high",
        lambda: Config(optimizer="adam", learning_rate=0.5, steps=0),
        "unknown",
        "The first step is up to # of the weights in layers 1 to 5: often too long to learn.",
    ),
    (
        "raw_inputs",
        lambda: doubles(depth=0, learning_rate=0.001, batch_size=1, steps=100),
        "dead of raw_inputs: preprocessing",
        "The inputs are large: their RMS is #, where standardized ones have 1.",
    ),
    (
        "raw_inputs",
        lambda: uploaded([f"{x / 1e4},{2 * x}" for x in range(200)], preprocessing="none"),
        "sick of raw_inputs: preprocessing",
        "The inputs are tiny: their RMS is #, where standardized ones have 1.",
    ),
    (
        "raw_inputs",
        lambda: uploaded(
            [f"{(i % 7 - 3) / 1e3},{(i % 5 - 2) / 1e3},{i % 9 - 4},{i}" for i in range(200)],
            "a,b,c,y",
            preprocessing="none",
        ),
        "sick of raw_inputs: preprocessing",
        "One feature varies # times as much as the middle one, and drowns the others.",
    ),
    (
        "raw_inputs",
        lambda: uploaded([f"3,{'ab'[i % 2]}" for i in range(100)]),
        "dead of raw_inputs: dataset",
        "All inputs of the probe are the same: there is nothing to tell samples apart by.",
    ),
    (
        "nothing_to_learn",
        lambda: uploaded([f"{i},{'ab'[i % 20 == 0]}" for i in range(200)]),
        "alive",
        "95.0% of the training samples are of one class: who always answers it is right as often.",
    ),
    (
        "nothing_to_learn",
        lambda: uploaded([f"{i},{0.5 + (i % 100 == 7)}" for i in range(200)], samples=10),
        "dead of nothing_to_learn: dataset",
        "All targets are the same number, so there is nothing to learn.",
    ),
    (
        "out_of_range",
        lambda: Config(depth=6, weight_scale=1e6, steps=0),
        "dead of out_of_range: weight_scale",
        "The loss of the untrained network is out of the range of numbers: its outputs are too large.",
    ),
    (
        "copies",
        lambda: Config(initializer="positive", steps=0),
        "sick of copies: initializer",
        "The units are nearly copies of one another in layers 1 to 5: their weights differ by # of what independent "
        "ones do.",
    ),
    (
        "born_dead",
        lambda: Config(bias_init=-2.0, steps=0),
        "sick of born_dead: bias_init",
        "# of 320 units are dead before training: slope 0 on all 256 samples of the probe.",
    ),
    (
        "no_gradient",
        lambda: Config(bias_init=-20.0, steps=0),
        "dead of born_dead: bias_init",
        "No gradient reaches a hidden unit before training: it is exactly 0.",
    ),
    (
        "too_simple",
        lambda: Config(dataset="circles", activation="identity", initializer="lecun_normal", steps=100),
        "sick of too_simple: activation",
        "This activation is a straight line, so all layers together are one: the network can draw nothing but a "
        "straight line.",
    ),
    (
        "too_narrow",
        lambda: Config(dataset="xor", noise=0.0, depth=1, width=2, seed=5),
        "sick of too_narrow: width",
        "Everything has to pass through layers of 2 units.",
    ),
    (
        "decay_too_strong",
        lambda: Config(weight_decay=0.5, steps=100, **SMALL),
        "sick of decay_too_strong: weight_decay",
        "Weight decay of 0.500 has left # of the weights in layers 1 to 2: they are pulled to 0 faster than they "
        "learn.",
    ),
    (
        "decay_too_strong",
        lambda: Config(weight_decay=10.0, learning_rate=0.3, steps=60),
        "dead of decay_too_strong: weight_decay, learning_rate",
        "Weight decay times learning rate is 3.00, more than 2: each step turns the weights over and lets them grow.",
    ),
    (
        "batch_too_small",
        lambda: Config(batch_size=1, learning_rate=0.5, steps=100),
        "dead of batch_too_small: batch_size, learning_rate",
        "With 1 in a batch, the gradient is mostly noise at this learning rate.",
    ),
    (
        "rate_too_high",
        lambda: Config(learning_rate=0.5, optimizer="adam", steps=60),
        "sick of rate_too_high: learning_rate",
        "The steps of training have killed # of the units, judged on the 256 samples of the probe: they are too long.",
    ),
    (
        "rate_too_high",
        lambda: Config(dataset="circles", weight_decay=5.0, learning_rate=0.01, steps=60, **SMALL),
        "sick of decay_too_strong: weight_decay",
        "The steps are too long: a usual one changes a layer by # of its weights.",
    ),
    (
        "rate_too_high",
        lambda: Config(learning_rate=0.5, optimizer="adam", activation="tanh", steps=60),
        "sick of rate_too_high: learning_rate",
        "The steps are too long: the loss has been # times that at the start, or of guessing.",
    ),
    (
        "rate_too_high",
        lambda: Config(learning_rate=1e6, weight_decay=1.0, activation="tanh", steps=60, **SMALL),
        "dead of decay_too_strong: weight_decay, learning_rate",
        "Diverged at step 7: the steps are too long for this network. First seen out of the range of numbers: the "
        "weights of layers 1 to 2, at step 7.",
    ),
    (
        "rate_too_high",
        lambda: Config(dataset="line", depth=0, learning_rate=1e6, steps=60),
        "dead of rate_too_high: learning_rate",
        "Diverged at step 3: the steps are too long for this network. First seen out of the range of numbers: the "
        "loss, at step 3.",
    ),
]
