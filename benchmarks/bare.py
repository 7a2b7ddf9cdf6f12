"""Bare: the same network and steps as anybody would write them in PyTorch, with nothing measured: the unit of cost."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from core import Config, build
from core.networks.data import load


def bare_loop(config: Config) -> tuple[nn.Sequential, Callable[[int], None]]:
    """A plain ReLU network that starts from the weights of `config`, and a function that trains it so many steps more.

    It draws the batches of `config` too, so that after as many steps it must arrive where `train(config)` does.
    """
    assert (config.activation, config.optimizer) == ("relu", "sgd")
    data = load(config)
    modules: list[nn.Module] = []
    for weight, bias in _start(config):
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        linear.load_state_dict({"weight": weight, "bias": bias})
        modules += [linear, nn.ReLU()]
    model = nn.Sequential(*modules[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=config.learning_rate)
    generator, size = config.generator("batches"), min(config.batch_size, len(data.inputs))
    waiting: list[Tensor] = []

    def go_on(steps: int) -> None:
        for _ in range(steps):
            if not waiting:
                order = torch.randperm(len(data.inputs), generator=generator)
                waiting.extend(reversed(order[: len(order) - len(order) % size].split(size)))
            batch = waiting.pop()
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(data.inputs[batch]), data.targets[batch]).backward()
            optimizer.step()

    return model, go_on


def _start(config: Config) -> list[tuple[Tensor, Tensor]]:
    network = build(config)
    return [(w.detach(), b.detach()) for w, b in zip(network.weights, network.biases, strict=True)]
