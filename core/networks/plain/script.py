"""The whole script of a Config: what it imports and defines, the data, the network, the loop, and what it prints."""

from core.choices.activations import activations
from core.choices.losses import losses
from core.choices.optimizers import optimizers
from core.choices.schedules import schedules
from core.config import Config
from core.datasets.datasets import datasets
from core.datasets.uploads import recall
from core.networks.ensemble import batches
from core.networks.plain.data import data
from core.networks.plain.network import calls, network
from core.networks.plain.source import Definitions
from core.networks.updater import CLIP_EPSILON

# What the text of a script calls its own things.
TAKEN = {
    *(
        "batch",
        "batches",
        "done",
        "gradient",
        "held_out",
        "held_out_inputs",
        "held_out_targets",
        "inputs",
        "loss",
        "look",
    ),
    *("network", "norm", "numbers", "order", "parameters", "pictures", "prepare", "probe", "probe_targets", "random"),
    *("raw", "samples", "score", "some", "split", "standard", "state", "table", "targets", "weights"),
}
LOOKS = 10
CELL = "# %% "  # how editors know where a cell begins, with its title
TITLES = ("What the settings choose", "The data", "The network", "A look at it", "Training", "The end")

HEAD = '''"""A network of Vitals in plain PyTorch: it trains as the lab does, and ends at the same loss.

Settings: {settings}
Run it with `python vitals.py`. It needs {packages}.
"""
'''

RANDOM = '''torch.set_num_threads(1)  # so that sums are rounded as in the lab
Samples = namedtuple("Samples", "inputs targets classes scale official_test", defaults=(1.0, 0))


def random(purpose):
    """A source of random numbers for one purpose: what is drawn for one thing leaves all others as they are."""
    digest = blake2b(f"{seed} {{purpose}}".encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)'''

LOOK = '''def look(step):
    """Print dead units and gradients of every layer, as hooks see them while the probe goes through the network."""
    seen = []
    keep = lambda module, given, made: seen.append(given[0])
    hooks = [each.register_forward_hook(keep) for each in network.activations]
    loss = {loss}(network(probe{look}), probe_targets)
    gradients = torch.autograd.grad(loss, list(network.weights)[:-1]) if seen else []
    for hook in hooks:
        hook.remove()
    print(f"step {{step:,}}: loss {{loss:.4g}}")
    for layer, (z, gradient) in enumerate(zip(seen, gradients), start=1):
        z = z.detach().requires_grad_()
        (slope,) = torch.autograd.grad(network.activations[layer - 1](z).sum(), z)
        dead = int((slope == 0).all(0).sum())  # on all samples of the probe
        print(f"  layer {{layer}}: {{dead}} of {{z.shape[1]}} units dead, norm of dL/dW {{gradient.norm():.3g}}")'''

SCORE = '''def score(name, outputs, wanted):
    """Print the loss{accuracy}."""
    print(f"final {{name}} loss {{{loss}(outputs, wanted):.6g}}"){share}'''


def script(config: Config) -> str:
    """The text of a program of plain PyTorch that trains the network of `config`, and prints the loss at its end.

    It is computed by the very definitions of this project, on one thread, so that it ends at the same loss. It owes
    nothing to this project when it runs; the numbers of a visitor's own table it reads from a file, see `table_text`.
    Raises DataUnavailable for a table that the process does not know.
    """
    return "\n\n".join([head(config), *(f"{CELL}{title}\n{text}" for title, text in cells(config).items())]) + "\n"


def head(config: Config) -> str:
    """What a script says of itself."""
    return HEAD.format(settings=_settings(config), packages=_packages(config)).strip()


def cells(config: Config) -> dict[str, str]:
    """The parts of the script by their titles, in order."""
    known = Definitions({"Samples"}, TAKEN - {"batches"})
    known.imports |= {"from hashlib import blake2b", "import torch", "from torch import nn"}
    known.imports |= {"from torch.nn import functional", "from collections import namedtuple"}
    classes = _classes(config)
    parts = [data(config, classes, known), network(config, known), *_loop(config, classes, known)]
    first = "\n".join(_ordered(known.imports)) + "\n\n" + RANDOM.format(seed=config.seed) + _chance(config)
    texts = [f"{first}\n\n\n{known.text}", *parts]
    return {title: text.strip("\n") for title, text in zip(TITLES, texts, strict=True)}


def _classes(config: Config) -> int:
    known = datasets[config.dataset].classes
    return len(recall(config.table).classes) if known is None else known


def _settings(config: Config) -> str:
    chosen = config.to_query()
    return ", ".join(f"{name} {value}" for name, value in chosen.items()) or "the defaults"


def _packages(config: Config) -> str:
    if config.dataset == "digits":
        return "torch and scikit-learn"
    if datasets[config.dataset].download:
        return "torch and torchvision, which downloads the pictures"
    return "torch, pandas, and the file with the numbers" if config.dataset == "upload" else "torch"


def _chance(config: Config) -> str:
    lines = []
    if config.dropout:
        lines.append('DROPPED = random("dropout")')
    if "random" in activations.asks_for(config.activation):
        lines.append('RANDOM_SLOPES = random("activation")')
    return "\n\n\n" + "\n".join(lines) if lines else ""


def _ordered(imports: set[str]) -> list[str]:
    """The standard library first, then the rest."""
    return sorted(imports, key=lambda line: ("torch" in line or "numpy" in line, line.startswith("from"), line))


def _loop(config: Config, classes: int, known: Definitions) -> list[str]:
    name = config.loss_function if config.loss_function != "auto" else "cross_entropy" if classes else "mse"
    loss = known.add(losses[name].function, "loss")
    trained, looked = calls(config)
    sizes = f"[inputs.shape[1], *[{config.width}] * {config.depth}, {_outputs(name, classes)}]"
    made = [f"network = Network({sizes})", "parameters = list(network.parameters())"]
    look = LOOK.format(loss=loss, look=looked)
    answers = "(outputs.squeeze(-1) > 0).long()" if losses[name].one_output else "outputs.argmax(-1)"
    share = f'\n    print(f"final {{name}} accuracy {{({answers} == wanted).float().mean():.2%}}")' if classes else ""
    score = SCORE.format(loss=loss, accuracy=" and the accuracy" if classes else "", share=share)
    ends = [
        "with torch.no_grad():",
        f'    score("training", network(probe{looked}), probe_targets)',
        '    score("held-out", network(held_out_inputs), held_out_targets)',
    ]
    training = "\n".join([*made, *_steps(config, loss, trained, known)])
    return [look, training, f"{score}\n\n\n" + "\n".join(ends)]


def _outputs(name: str, classes: int) -> str:
    if not classes:
        return "targets.shape[-1]"
    return "1" if losses[name].one_output else str(classes)


def _steps(config: Config, loss: str, trained: str, known: Definitions) -> list[str]:
    order = known.add(batches, "of")
    rule, asked = known.add(optimizers[config.optimizer], "optimizer"), optimizers.asks_for(config.optimizer)
    lines = [
        f'order = {order}(len(inputs), {config.batch_size}, random("batches"))',
        "weights = torch.cat([each.detach().flatten() for each in parameters])",
        "nn.utils.vector_to_parameters(weights, parameters)  # parameters are now views of the one vector",
        *(["state = {}  # what the optimizer remembers"] if "state" in asked else []),
        f"for done in range({config.steps}):",
        f"    if done % {max(1, config.steps // LOOKS)} == 0:",
        "        look(done)",
        "    batch = next(order)",
        f"    loss = {loss}(network(inputs[batch]{trained}), targets[batch])",
        "    if not loss.isfinite():",
        '        print(f"Diverged at step {done:,}.")',
        "        break",
        "    gradient = torch.cat([each.flatten() for each in torch.autograd.grad(loss, parameters)])",
    ]
    if config.clip_norm:
        lines.append("    norm = torch.linalg.vector_norm(gradient, dtype=torch.float64)")
        lines.append(
            f"    gradient *= ({config.clip_norm!r} / (norm + {CLIP_EPSILON})).clamp(max=1).to(gradient.dtype)"
        )
    if config.weight_decay and "weight_decay" not in asked:
        lines.append(f"    gradient += {config.weight_decay!r} * weights")
    given = {"gradient": "gradient", "parameter": "weights", "state": "state", "count": "done + 1"}
    given["learning_rate"] = repr(config.learning_rate)
    if config.schedule != "constant":
        made = known.add(schedules[config.schedule], "schedule")
        given["learning_rate"] += f" * {made}(done, {config.steps})"
    terms = [f"{name}={given.get(name) or repr(getattr(config, name))}" for name in sorted(asked - {"gradient"})]
    lines.append(f"    weights += {rule}({', '.join(['gradient', *terms])})")
    return [*lines, "else:", f"    look({config.steps})"]
