"""The data of a script: where the samples come from, which are held out, and what is done to the inputs."""

import pandas as pd

from core.choices.preprocessing import preprocessings
from core.config import Config
from core.datasets.datasets import datasets
from core.datasets.uploads import recall
from core.networks.data import HELD_OUT_PART, VALIDATION_PART
from core.networks.plain.source import Definitions

DIGITS = '''
def digits():
    """1,797 handwritten digits of 8×8 pixels, 10 classes (UCI, as scikit-learn carries them)."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return Samples(torch.from_numpy(pixels).float(), torch.from_numpy(labels).long(), classes=10, scale=1 / 16)
'''

PICTURES = '''
def pictures():
    """Those to train on, then those of the official test set."""
    from torchvision.datasets import {name}

    parts = [{name}("data", train=train, download=True) for train in (True, False)]
    pixels = torch.cat([torch.as_tensor(part.data).flatten(1) for part in parts]).float()
    labels = torch.cat([torch.as_tensor(part.targets) for part in parts])
    return Samples(pixels, labels, classes=10, scale=1 / 255, official_test=len(parts[1].data))
'''

TABLE = '''
def table():
    """The numbers of your table, as the lab has them; it saves them beside this script."""
    import pandas

    known = pandas.read_csv("{file}", float_precision="round_trip")
    inputs = torch.from_numpy(known.iloc[:, :-1].to_numpy("{numbers}"))
    targets = torch.from_numpy(known.iloc[:, -1].to_numpy("{kind}"))
    return Samples(inputs, targets{shape}, classes={classes})
'''

SPLIT = """
order = torch.randperm(len(samples.inputs), generator=random("split"))
some = min({wanted}, max(1, len(order) // {part}))  # are held out
held_out, chosen = order[:some], order[some:][:{count}]
"""

OFFICIAL = """
split = random("split")
first = len(samples.inputs) - samples.official_test  # the first sample of the official test set, which is held out
chosen = torch.randperm(first, generator=split)[:{count}]
held_out = first + torch.randperm(samples.official_test, generator=split)[:{wanted}]
"""

INPUTS = """
raw, raw_held_out = (numbers(samples.inputs[part]) * samples.scale for part in (chosen, held_out))
prepare = {prepare}(raw)  # looks at training samples only
inputs, held_out_inputs = prepare(raw).float(), prepare(raw_held_out).float()
targets, held_out_targets = samples.targets[chosen], samples.targets[held_out]
"""

NUMBERS = '''
def numbers(values):
    """Numbers as they are, those after the point too."""
    return values if values.is_floating_point() else values.float()
'''

STANDARD = """standard = standardize(targets)  # numbers of any size become such of mean 0 and variance 1
targets, held_out_targets = standard(targets).float(), standard(held_out_targets).float()
"""


def data(config: Config, classes: int, known: Definitions) -> str:
    """What makes inputs, targets and the same of the held-out samples."""
    wanted = max(1, config.samples // VALIDATION_PART)
    split = OFFICIAL if datasets[config.dataset].download else SPLIT
    parts = [
        _samples(config, classes, known),
        split.format(wanted=wanted, part=HELD_OUT_PART, count=config.samples),
        NUMBERS,
        INPUTS.format(prepare=known.add(preprocessings[config.preprocessing], "inputs")).rstrip(),
    ]
    if not classes:
        known.add(preprocessings["standardize"], "inputs")
        parts.append(STANDARD)
    probe = f"probe, probe_targets = inputs[:{config.probe_size}], targets[:{config.probe_size}]  # to look at"
    return "\n".join([*parts, probe])


def _samples(config: Config, classes: int, known: Definitions) -> str:
    if config.dataset == "digits":
        return f"{DIGITS}\n\nsamples = digits()"
    if download := datasets[config.dataset].download:
        return f"{PICTURES.format(name=download.name)}\n\nsamples = pictures()"
    if config.dataset == "upload":
        shape, kind = ("", "int64") if classes else ("[:, None]", "float64")
        numbers = str(recall(config.table).inputs.dtype).removeprefix("torch.")
        made = TABLE.format(file=table_file(config), numbers=numbers, kind=kind, shape=shape, classes=classes)
        return f"{made}\n\nsamples = table()"
    asked = datasets.asks_for(config.dataset)
    count = config.samples + max(1, config.samples // VALIDATION_PART)
    offer = {"count": str(count), "generator": 'random("data")'}
    offer |= {name: repr(getattr(config, name)) for name in asked - offer.keys()}
    given = ", ".join(f"{name}={offer[name]}" for name in sorted(asked))
    return f"samples = {known.add(datasets[config.dataset].function, 'samples')}({given})"


def table_file(config: Config) -> str:
    """The name of the file in which the script of a Config on a visitor's own table looks for its numbers."""
    return f"table-{config.table[:8]}.csv"


def table_text(config: Config) -> str:
    """The numbers of that file: the features, and last the target, classes by their numbers. Raises DataUnavailable."""
    known = recall(config.table)
    numbers = pd.DataFrame(known.inputs.numpy(), columns=list(known.features))
    numbers.insert(len(known.features), known.target, known.targets.reshape(-1).numpy(), allow_duplicates=True)
    text: str = numbers.to_csv(index=False)
    return text
