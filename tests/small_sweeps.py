"""Small sweeps: the networks that tests of sweeps train."""

from concurrent.futures import Executor, Future

from core import Config

# Two correct programs disagree where rounding is blown up. So: small learning rates, and features that vary in every
# batch, as batch norm leaves others a gradient that is nothing but rounding, of which Adam makes whole steps.
BASE = Config(
    dataset="gaussian",
    features=20,
    depth=3,
    width=12,
    samples=200,
    probe_size=48,
    batch_size=25,
    steps=6,
    snapshots=4,
    learning_rate=0.001,
)


class Lossy(Executor):
    """Works at once, but loses the first results of every chunk."""

    def __init__(self, losses: int) -> None:
        self.losses, self.given = losses, 0

    def submit(self, function, *arguments):
        future: Future = Future()
        self.given += 1
        if self.given <= self.losses:
            future.set_exception(ConnectionError("the worker is gone"))
        else:
            future.set_result(function(*arguments))
        return future
