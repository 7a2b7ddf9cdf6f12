"""A training in words: on what and how long, how long beside that of its notebook, and where its loss starts."""

from core.config import Config
from core.measuring import Recording
from core.words.numbers import readable, spelled
from core.words.said import said

FAR = 1.5  # times the loss of guessing: from here on a first loss is called far above it
TRAINING = "{dataset}, {steps:,} steps"
OURS = "{steps:,} steps go {times} × through the training samples of {dataset}."
PRINTED = "The notebook's {steps:,} go {times} × through those of {dataset}."
SHORTER = "Expect less of the shorter training."
NO_MNIST = (
    ":material/info: There is no MNIST on this machine, so these networks learn the small digits of scikit-learn: 8×8 "
    "pixels, from 0 to 16 in the file. What is printed is of MNIST all the same."
)
SHARES = (
    "The share of right answers on held-out samples; the chart shows the others, the wrong ones. Printed: {printed}. "
    "Ours: {ours}. Raw pixels go from 0 to {largest}."
)
NEAR_GUESSING = "It starts at {first}, where guessing gives {guess}."
FAR_ABOVE = (
    "It starts at {first}, far above the {guess} of guessing: first weights from N(0, 1) are large, so the network is "
    "sure of random answers. A step of Adam moves a weight, whose size is about 1, by about {rate:g}: all {steps:,} "
    "together hardly by more than {way:g}."
)


def training_words(config: Config) -> str:
    """What tells trainings of one network apart: their data and their length."""
    return said(TRAINING, dataset=config.dataset, steps=config.steps)


def epochs(config: Config) -> float:
    """How often each training sample is seen; both data sets have as many as are asked for."""
    return config.steps * config.batch_size / config.samples


def length_words(ours: Config, printed: Config) -> str:
    """How long a training is beside that of its notebook."""
    told = [_length(OURS, ours), _length(PRINTED, printed)]
    if ours.dataset == printed.dataset and ours.steps < printed.steps:
        told.append(said(SHORTER))
    return " ".join(told)


def _length(template: str, config: Config) -> str:
    passes = epochs(config)
    times = f"{passes:,.0f}" if passes >= 10 else spelled(passes, 2)
    return said(template, steps=config.steps, times=times, dataset=config.dataset)


def shares_words(printed: Config, ours: Config, largest: int) -> str:
    """Of what the accuracies are, and of which trainings; raw pixels go up to `largest`."""
    return said(SHARES, printed=training_words(printed), ours=training_words(ours), largest=largest)


def start_words(recording: Recording) -> str:
    """Where the loss starts beside guessing; why that is far above, and how far so many steps can get."""
    config, baseline = recording.known_config, recording.guess
    if baseline is None:
        raise ValueError(f"this needs the loss of guessing; the recording of {recording.source} has none")
    first, guess = recording.data["loss"].sel(split="train")[0].item(), baseline.loss
    told = {"first": readable(first), "guess": readable(guess)}
    if first < FAR * guess:
        return said(NEAR_GUESSING, **told)
    way = config.learning_rate * config.steps
    return said(FAR_ABOVE, **told, rate=config.learning_rate, steps=config.steps, way=way)
