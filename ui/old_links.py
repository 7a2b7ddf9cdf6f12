"""Old links: names and values in addresses as they were called before, so that every old link opens what it opened.

Keys and values of controls were once made of the words on the screen. They are ids now; this table is all that is left
of the words, and nothing is ever added to it but what a release has renamed.
"""

from collections.abc import Mapping

import streamlit as st

NAMES = {
    "guess_babysitting_the_learning": "guess_babysitting",
    "guess_batch_normalization": "guess_batch_norm",
    "guess_cures_for_dead_units": "guess_cures",
    "guess_how_deep_can_it_train_": "guess_deep",
    "guess_mnist_softmax_and_a_neural_net": "guess_mnist",
    "guess_the_perceptron_and_xor": "guess_perceptron",
    "guess_searching_hyperparameters": "guess_searching",
    "guess_layers_that_learn_at_different_speeds": "guess_speeds",
    "guess_the_vanishing_gradient": "guess_vanishing",
    "guess_zero_centred_or_not": "guess_zigzag",
}
VALUES = {
    "after_rule": {"SGD": "sgd", "Adam": "adam", "weight decay": "weight_decay"},
    "batch_norm_learned": {"1 and 0": "start", "σ and μ": "undone"},
    "cures_patient": {
        "Data far away": "far_data",
        "Negative bias": "negative_bias",
        "Large learning rate": "large_rate",
    },
    "initialization_draw": {
        "0.01 · N(0, 1)": "small",
        "N(0, 0.02²)": "advised",
        "1.0 · N(0, 1)": "large",
        "N(0, 1) / √n": "lecun",
        "N(0, 1) · √(2/n)": "he",
        "all 0": "zeros",
        "all 0.1": "constant",
        "|N(0, 0.02²)|, all positive": "positive",
        "PyTorch's default": "pytorch_default",
        "LSUV, which looks at data": "lsuv",
    },
    "initialization_view": {"Signal": "signal", "Copies": "copies", "Beside the slides": "beside_slides"},
    "mnist_network": {
        "softmax regression": "softmax",
        "256-256, N(0, 1)": "normal",
        "256-256, Xavier": "xavier",
        "512 × 4, deep": "deep",
        "512 × 4, dropout": "dropout",
        "512 × 4, SELU": "selu",
        "32-32": "narrow",
        "32-32, batch norm": "narrow_batch_norm",
    },
    "perceptron_gate": {"AND": "and", "OR": "or", "NAND": "nand", "XOR": "xor"},
    "perceptron_layers": {"One unit alone": "alone", "Behind a hidden layer": "behind"},
    "view": {
        "Vital signs": "vital_signs",
        "Layers": "layers",
        "Over time": "over_time",
        "Order and chaos": "order_and_chaos",
    },
    "claims_lecture": {
        "All about ReLU": "relu",
        "Notes on cs231n": "notes",
        "Vanishing gradient": "vanishing",
        "What is ReLU?": "what_is",
        "PyTorch 09-1 ReLU": "pytorch",
        "Notebooks of PyTorch 09-1": "labs",
    },
    "claims_subject": {
        "The perceptron": "perceptron",
        "Activation functions": "activation_functions",
        "Gradients": "vanishing",
        "Dead units": "dead_relu",
        "Initialization": "initialization",
        "Batch normalization": "batch_norm",
        "Preprocessing": "preprocessing",
        "Optimizers": "optimizers",
        "Networks for MNIST": "mnist",
        "Watching it learn": "babysitting",
        "Searching": "searching",
        "Code": "code",
    },
    "claims_verdict": {
        "holds if …": "holds_if",
        "does not hold": "does_not_hold",
        "not checked yet": "unchecked",
        "could not be checked": "blocked",
    },
    "optimizers_place": {"turned valley": "turned_valley", "noisy bowl": "noisy_bowl"},
    "optimizers_race": {"each its best": "best"},
    "searching_matter": {"one of them": "one", "all but one": "but_one", "all of them": "all"},
    "searching_strategy": {"coarse to fine": "coarse_to_fine"},
}


def renewed(link: Mapping[str, str]) -> dict[str, str]:
    """The link with the names and values of today. What is not in the tables stays as it is."""
    named = {NAMES.get(name, name): value for name, value in link.items()}
    return {name: _value(name, value) for name, value in named.items()}


def _value(name: str, value: str) -> str:
    """The value of a control as it is called today; a list of values has commas between them."""
    words = VALUES.get(name, {})
    return words.get(value) or ",".join(words.get(word, word) for word in value.split(","))


def renew_link() -> None:
    """Let the address of the page speak of today."""
    link = st.query_params.to_dict()
    if (new := renewed(link)) != link:
        st.query_params.from_dict(new)
