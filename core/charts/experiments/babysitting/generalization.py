"""Training against validation: both losses over the steps, and the gap between them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from core.charts.axes import at_corners, linear, only, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.measuring.recording import SPLITS
from core.words.numbers import readable
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

HIGHEST = 3.0  # where the axis of the loss ends, in nats: guessing among ten classes gives 2.3
TITLES = {"few": "Train against validation: few samples", "many": "Train against validation: many samples"}
OPENS = "The gap opens: {before:z.2f} before training, {after:z.2f} after {steps} steps. "
CLOSED = "The gap stays closed: {before:z.2f} before training, {after:z.2f} after {steps} steps. "
TURNS = "The loss on held-out samples is lowest at step {lowest}, {best}; at the end it is {last}."
AT_END = "The loss on held-out samples is lowest at the end, {last}."


def curves_frame(found: "xr.Dataset", which: str = "") -> pd.DataFrame:
    """A row for each step and split with its `loss`; the gap from `train` to `loss`; and the lowest on validation."""
    step = found["step"].values
    train, held_out = (found["loss"].sel(split=split).values for split in SPLITS)
    lines = [
        {"step": step, "loss": loss, "split": said(split), "mark": "line"}
        for split, loss in zip(SPLITS, (train, held_out), strict=True)
    ]
    gap = {"step": step, "loss": held_out, "train": train, "mark": "gap"}
    lowest = {"step": found["lowest"].item(), "loss": held_out.min(), "mark": "lowest"}
    return frame_of(*lines, gap, lowest, corners(step=(0, step[-1]), loss=(0, HIGHEST)))


def became(found: "xr.Dataset", which: str = "") -> str:
    """What became of the gap, and where the loss on held-out samples is lowest: a template."""
    turns = found["lowest"].item() < found["step"].values[-1]
    return (OPENS if found["opens"] else CLOSED) + (TURNS if turns else AT_END)


def numbers(found: "xr.Dataset", which: str = "") -> dict[str, Any]:
    """The numbers of `became`."""
    held_out, gap = found["loss"].sel(split="validation").values, found["gap"].values
    return {
        "samples": found.attrs["samples"],
        "before": float(gap[0]),
        "after": float(gap[-1]),
        "steps": int(found["step"].values[-1]),
        "lowest": found["lowest"].item(),
        "best": readable(float(held_out.min())),
        "last": readable(float(held_out[-1])),
    }


def _examples() -> Iterator[tuple["xr.Dataset", str]]:
    from core.experiments.babysitting.generalization import FEW, RATES, curves

    return ((curves(FEW[0], rate), "few") for rate in (RATES[0], RATES[-1]))


@picture(
    lambda found, which: TITLES[which],
    see=lambda found, which: "{samples:,} digits to learn from. " + became(found),
    alt="The loss on training and on held-out samples over the steps, with {samples:,} training samples.",
    fill=numbers,
    frame=curves_frame,
    examples=_examples,
)
def train_against_validation(ink: Ink) -> Drawing:
    """The loss on training and on held-out samples over the steps."""
    x, y = step_x(), alt.Y("loss:Q", scale=linear(), axis=alt.Axis(tickCount=4), title=said("Loss (nats)"))
    names = [said(split) for split in SPLITS]
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color("split:N", scale=ink.state(list(SPLITS)), legend=legend)
    dash = alt.StrokeDash("split:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]]), legend=legend)
    gap = only("gap").mark_area(color=ink.validation, opacity=0.15, tooltip=None).encode(x, y, alt.Y2("train:Q"))
    lines = only("line").mark_line(strokeWidth=2.5, tooltip=None).encode(x, y, color, dash)
    loss = alt.Tooltip("loss:Q", format=".3f", title=said("lowest on held-out samples"))
    lowest = only("lowest").mark_point(shape="diamond", size=140, filled=True, color=ink.text, opacity=1)
    return layered(
        gap, lines, lowest.encode(x, y, tooltip=[alt.Tooltip("step:Q", title=said("step")), loss]), at_corners(x, y)
    )
