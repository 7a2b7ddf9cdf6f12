"""A real search, seen along one of its two knobs, with the ends of the axes that the lesson gives it."""

from collections.abc import Iterator
from typing import Any

from core.charts.ink import Ink
from core.charts.picture import Drawing, picture
from core.charts.trials import marginal, trials_frame
from core.config import Config
from core.sweeps.knobs import Knob
from core.sweeps.search import Trials
from core.words.numbers import readable
from core.words.said import said

Knobs = tuple[Knob, ...]
CROSSED = "each of {firsts} {first}s with each of {seconds} {second}s"
APART = "each with its own {first} and {second}"
SEE = (
    "{networks} networks, trained now, {combined}; the chart does not show the {second}. The best, a diamond, has the "
    "learning rate {rate} and a loss of {loss} nats on held-out samples. Triangles are off the axis. "
)
ROUNDS = "Circles are the first round, down to {coarse}; squares the second, in the band, down to {fine}."


def _words(trials: Trials, axes: Knobs) -> dict[str, Any]:
    networks, best = len(trials.configs), trials.configs[trials.best]
    names = [said(Config.fields()[knob.name].label).lower() for knob in trials.knobs[:2]]
    firsts, seconds = (len({getattr(config, knob.name) for config in trials.configs}) for knob in trials.knobs[:2])
    values = {"firsts": firsts, "first": names[0], "seconds": seconds, "second": names[1]}
    return {
        "networks": networks,
        "combined": said(CROSSED if firsts * seconds == networks else APART, **values),
        "second": names[1],
        "rate": readable(best.learning_rate),
        "loss": readable(trials.scores[trials.best]),
        "coarse": readable(trials.reached[0]),
        "fine": readable(trials.reached[-1]),
    }


def _examples() -> Iterator[tuple[Trials, Knobs]]:
    from core.sweeps.search import search

    knobs = (Knob("learning_rate", 1e-4, 1.0), Knob("weight_decay", 0.0, 0.1))
    base = Config(depth=1, width=4, samples=40, batch_size=20, steps=4, snapshots=2)
    for strategy in ("grid", "coarse_to_fine"):
        *_, trials = search(base, knobs, strategy, 9)
        yield trials, knobs


@picture(
    "A real search, along the learning rate",
    see=lambda trials, axes: SEE if trials.box is None else SEE + ROUNDS,
    alt="Loss on held-out samples of {networks} networks over their learning rate.",
    fill=_words,
    frame=trials_frame,
    scene=lambda trials, axes: (axes,),
    examples=_examples,
)
def real_search(axes: Knobs, ink: Ink) -> Drawing:
    """Loss on held-out samples of the networks of a search over their learning rate."""
    drawn: Drawing = marginal.draw(axes, 0, ink)
    return drawn
