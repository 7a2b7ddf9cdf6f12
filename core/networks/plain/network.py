"""The network of a script: how its weights are drawn, and what it makes of its inputs."""

from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import is_after, normalizations
from core.config import Config
from core.networks.network import INITIAL_BATCH
from core.networks.plain.source import Definitions


def network(config: Config, known: Definitions) -> str:
    """The classes of the activation and of the network."""
    return "\n\n\n".join(["\n".join(_activation(config, known)), "\n".join(_network(config, known))])


def calls(config: Config) -> tuple[str, str]:
    """What a batch is handed to the network with while it is trained, and what the probe is when it is looked at."""
    trained = [", batch_statistics=True, track=True"] if config.normalization != "none" else []
    trained += [", training=True"] if is_random(config) else []
    return "".join(trained), ", batch_statistics=True" if config.normalization != "none" else ""


def is_random(config: Config) -> bool:
    """Whether something in the network is random while it is trained."""
    return bool(config.dropout) or "random" in activations.asks_for(config.activation)


def _activation(config: Config, known: Definitions) -> list[str]:
    entry, asked = activations[config.activation], activations.asks_for(config.activation)
    name = known.add(entry.function, "activation")
    settings = [f", {field}={getattr(config, field)!r}" for field in sorted(asked - {"z", "trained_slope", "random"})]
    lines = ["class Activation(nn.Module):", '    """The activation, as a module, so that hooks can look at it."""', ""]
    if entry.trained is not None:
        settings.append(", trained_slope=self.slope.unsqueeze(-1)")
        lines += ["    def __init__(self):", "        super().__init__()"]
        lines += [f"        self.slope = nn.Parameter(torch.full((1,), {entry.trained}))", ""]
    if "random" in asked:
        settings.append(", random=random")
    takes = "z, random=None" if "random" in asked else "z"
    return [*lines, f"    def forward(self, {takes}):", f"        return {name}(z{''.join(settings)})"]


def _network(config: Config, known: Definitions) -> list[str]:
    return [
        "class Network(nn.Module):",
        '    """Hidden layers, z = W·a + b and a = φ(z), and a linear layer that makes the outputs."""',
        "",
        *_made(config, known),
        "",
        *_forward(config),
    ]


def _made(config: Config, known: Definitions) -> list[str]:
    looks = "inputs" in initializers.asks_for(config.initializer)
    name = known.add(initializers[config.initializer].function, "weights")
    pieces = activations[config.activation].pieces
    normalized = config.normalization != "none"
    known.imports.add("from itertools import pairwise")
    lines = [
        "    def __init__(self, sizes):",
        "        super().__init__()",
        '        generator = random("weights")',
        "        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()",
        "        self.activations = nn.ModuleList(Activation() for _ in sizes[1:-1])",
    ]
    if normalized:
        made = known.add(normalizations[config.normalization], "norm")
        units = "size" if is_after(config.normalization) or pieces == 1 else f"{pieces} * size"
        lines.append(f"        self.norms = nn.ModuleList({made}(({units},)) for size in sizes[1:-1])")
    if looks:
        lines.append(f"        signal = inputs[:{INITIAL_BATCH}]  # which the first weights look at")
    lines += ["        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):"]
    indent = "            "
    if pieces > 1:
        lines += [
            f"{indent}fan_out *= {pieces} if layer < len(sizes) - 1 else 1  # so many linear functions a hidden unit"
        ]
    both = _draws_both(config)
    given = f"{name}(fan_out, fan_in, generator{', signal' if looks else ''})"
    lines.append(f"{indent}{'weight, bias' if both else 'weight'} = {given}")
    if not both:
        lines.append(f"{indent}bias = torch.zeros(fan_out)")
    if config.bias_init:
        lines.append(f"{indent}bias = bias + {config.bias_init!r} if layer < len(sizes) - 1 else bias")
    scale = f" * {config.weight_scale!r}" if config.weight_scale != 1 else ""
    lines += [f"{indent}self.weights.append(nn.Parameter(weight{scale}))"]
    lines += [f"{indent}self.biases.append(nn.Parameter(bias))"]
    if looks:
        lines += [f"{indent}if layer < len(sizes) - 1:", *_passed(config, indent + "    ")]
    return lines


def _draws_both(config: Config) -> bool:
    """Whether the initializer draws the biases as well."""
    from core.choices.initializers import draw

    generator = config.generator("weights")
    inputs = (draw("zeros", 2, 3, generator)[0],) if "inputs" in initializers.asks_for(config.initializer) else ()
    return isinstance(initializers[config.initializer](2, 3, generator, *inputs), tuple)


def _passed(config: Config, indent: str) -> list[str]:
    """What a new hidden layer makes of its inputs, for the initializer that looks at those of the next."""
    lines = ["with torch.no_grad():", "    z = functional.linear(signal, self.weights[-1], self.biases[-1])"]
    if activations[config.activation].pieces > 1:
        lines.append(f"    z = {_largest(config)}")
    lines.append("    signal = self.activations[layer - 1](z)")
    if is_after(config.normalization):
        lines.append("    signal = self.norms[layer - 1](signal, batch_statistics=True, track=False)")
    return [indent + line for line in lines]


def _largest(config: Config) -> str:
    return f"z.view(*z.shape[:-1], {activations[config.activation].pieces}, -1).max(-2).values"


def _forward(config: Config) -> list[str]:
    normalized, after = config.normalization != "none", is_after(config.normalization)
    asked = activations.asks_for(config.activation)
    takes = ", batch_statistics=False, track=False" if normalized else ""
    takes += ", training=False" if is_random(config) else ""
    lines = [
        f"    def forward(self, signal{takes}):",
        "        for layer, activation in enumerate(self.activations):",
        "            z = functional.linear(signal, self.weights[layer], self.biases[layer])",
    ]
    norm = "self.norms[layer]({}, batch_statistics=batch_statistics, track=track)"
    if normalized and not after:
        lines.append(f"            z = {norm.format('z')}")
    if activations[config.activation].pieces > 1:
        lines.append(f"            z = {_largest(config)}")
    if "random" in asked:
        lines.append("            slopes = torch.rand(z.shape, generator=RANDOM_SLOPES) if training else None")
        lines.append("            signal = activation(z, slopes)")
    else:
        lines.append("            signal = activation(z)")
    if after:
        lines.append(f"            signal = {norm.format('signal')}")
    if config.dropout:
        lines += [
            "            if training:",
            f"                kept = torch.empty(signal.shape).bernoulli_(1 - {config.dropout!r}, generator=DROPPED)",
            f"                signal = signal * kept / (1 - {config.dropout!r})",
        ]
    return [*lines, "        return functional.linear(signal, self.weights[-1], self.biases[-1])"]
