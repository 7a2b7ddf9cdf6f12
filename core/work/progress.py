"""Progress: how far work is, whatever it counts, and how long the rest will take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far work is: what is done and in all, the seconds since it began, and the share of the work that is done.

    What is counted is `unit`: steps of a run, claims, or networks. Work of a sweep is what it has to do itself: what
    was known before is none, and large networks are more than small.
    """

    done: int
    total: int
    seconds: float
    share: float
    unit: str = "networks"

    @property
    def pace(self) -> float:
        """How many are done in a second, at the speed so far; 0 before it began."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        """At the speed so far; infinite before any work is done."""
        if self.done == self.total:
            return 0.0
        return self.seconds * (1 / self.share - 1) if self.share else float("inf")
