"""What batch norm does: pre-activations by layer, one sample in many batches, and accuracy over learning rates."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from math import isnan
from operator import itemgetter
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, lost_mark, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.measuring.measures import measures
from core.words.numbers import readable, short
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"none": "without batch norm", "batch_norm": "with batch norm"}
FLAT = {"dead": "Dead units", "saturated": "Saturated"}
HEIGHT = 420
USE = (
    "In training, batch norm takes mean and variance from the batch. In use (inference), once training is over, it "
    "takes those that it has kept."
)
BESIDE = (
    "Spread is the standard deviation. Gradient² is the mean square of dL/dz: what a layer multiplies it by on its way "
    "back. Theory starts from the data: with batch norm, where samples are as alike as digits are, the first layers "
    "multiply by a little more."
)
TRIED = (
    "{networks} networks of {depth} layers of {activation} units learn {dataset} from He's weights and biases of 0, "
    "whatever is chosen above, with and without batch norm. It takes some seconds."
)
DIVIDED = "The mean over {batches:,} batches. Training divides by the root of its batch's own."
KEPT = "The same, unbiased: near 100% for every batch size. A running mean of it is kept for use."
PEAK = 0.85  # height of a ridge, of the distance between two layers
NORMAL_PEAK = 1 / np.sqrt(2 * np.pi)
WORTH_SAYING = 0.01  # smaller shares are not written beside a ridge
ANSWERS, ANSWER_BIN = 7.125, 0.25  # the end of the axis of answers on both sides of 0, and the width of a bin
ROOM = 1.3  # beyond the smallest and the largest rate, as a factor


def ridges_frame(found: "xr.Dataset") -> pd.DataFrame:
    """A ridge for each layer, from `base` to `top`, the normal curve N(0, 1) in its scale, and what lies off the axis.

    `share` is that of the pre-activations in the bin around `x`. The higher of ridge and normal curve is PEAK high.
    """
    layer, low, high = (found[name].values for name in ("layer", "low", "high"))
    share = found["share"].transpose("layer", "bin").values
    x, density = (low + high) / 2, share / (high - low)
    height = PEAK / np.maximum(density.max(1, keepdims=True), NORMAL_PEAK)
    normal = NORMAL_PEAK * np.exp(-(x**2) / 2)
    rows = np.repeat(layer, len(x))
    place = {"layer": rows, "x": np.tile(x, len(layer)), "base": rows}
    ridges = {**place, "top": rows - (height * density).ravel(), "share": share.ravel(), "mark": "ridge"}
    curves = {**place, "top": rows - (height * normal).ravel(), "mark": "normal"}
    notes = {"layer": layer, "x": high[-1], "top": layer - PEAK, "note": _notes(found), "mark": "note"}
    ends = (0.05, len(layer) + 0.1)
    return frame_of(ridges, curves, notes, corners(x=(float(low[0]), float(high[-1])), base=ends, top=ends))


def _notes(found: "xr.Dataset") -> list[str]:
    return [
        said("{share:.0%} off the axis", share=share) if share > WORTH_SAYING else ""
        for share in found["beyond"].values.tolist()
    ]


def company_frame(answers: "xr.Dataset") -> pd.DataFrame:
    """A row for each bin of the answers in training, from `x` to `x2`, and one for the answer in use.

    The axes end at the same places for all answers, so that they can be compared.
    """
    edges = np.arange(-ANSWERS, ANSWERS + ANSWER_BIN / 2, ANSWER_BIN)
    shares = np.histogram(answers["in_training"].values, edges)[0] / answers.sizes["batch"]
    filled = shares > 0
    bars = {"x": edges[:-1][filled], "x2": edges[1:][filled], "share": shares[filled], "mark": "bar"}
    used = {"x": answers["in_use"].item(), "mark": "used"}
    return frame_of(bars, used, corners(x=(-ANSWERS, ANSWERS), share=(0.0, 1.0)))


def rates_frame(trained: "xr.Dataset") -> pd.DataFrame:
    """A row for each kind of network and `rate`; `mark` is "lost" where more than half of the runs diverged."""
    rate, kinds = trained["learning_rate"].values, [_words(kind) for kind in trained["normalization"].values]
    found = {name: trained[name].transpose("normalization", "learning_rate") for name in trained.data_vars}
    numbers = {str(name): values.values.ravel() for name, values in found.items()}
    mark = np.where(numbers["diverged"] > 0.5, "lost", "line").tolist()
    told = {"rate": np.tile(rate, len(kinds)), **numbers, "kind": np.repeat(kinds, len(rate)).tolist(), "mark": mark}
    return frame_of(told, corners(rate=(rate[0] / ROOM, rate[-1] * ROOM), accuracy=(0.0, 1.0)))


def beside(*found: "xr.Dataset") -> pd.DataFrame:
    """What is found in untrained networks of one shape, side by side, in words: a row for each number."""
    return pd.DataFrame({_words(each.attrs["kind"]): _column(each) for each in found}).rename_axis(said("Untrained"))


def _column(found: "xr.Dataset") -> dict[str, str]:
    last, about = found.isel(layer=-1), found.attrs
    far, growth, expected = (each.item() for each in (last["far"], found["growth"], found["expected"]))
    normal = said("Beyond {spreads:g} spreads (normal {share:.2%})", spreads=about["spreads"], share=about["normal"])
    name = said("{name}, on {samples} samples", name=said(FLAT[about["flat"]]), samples=about["probe"])
    return {
        said("Spread of the last layer's sums"): readable(last["spread"].item()),
        normal: said("all equal") if isnan(far) else f"{far:.2%}",
        name: f"{found[about['flat']].item():.1%}",
        said("Gradient², a layer"): said("no gradient") if isnan(growth) else f"× {readable(growth)}",
        said("Gradient², a layer, in theory"): said("no theory") if isnan(expected) else f"× {readable(expected)}",
    }


def flat(found: "xr.Dataset") -> str:
    """What it means that a unit is dead, or an activation saturated, whichever is told."""
    return said(measures.help(f"{found.attrs['flat']}_fraction"))


def told(answers: "xr.Dataset") -> list[tuple[str, str, str | None, str]]:
    """Numbers of one sample: the label of each, its text, what it means, and what it is compared with."""
    batches, of_all = answers.sizes["batch"], said("of that of all samples")
    in_use, spread = (readable(answers[name].item()) for name in ("in_use", "spread"))
    biased, unbiased = (f"{answers[name].item():.1%}" for name in ("biased", "unbiased"))
    return [
        (said("Answer in use"), in_use, None, said("whatever the batch")),
        (said("Spread in training"), spread, None, said("over {batches:,} batches", batches=batches)),
        (said("Variance of a batch, ÷ n"), biased, said(DIVIDED, batches=batches), of_all),
        (said("Variance that is kept, ÷ (n − 1)"), unbiased, said(KEPT), of_all),
    ]


def verdicts(trained: "xr.Dataset") -> pd.DataFrame:
    """What became of each kind of network, in words: which learning rates train, and how many units die at one."""
    rows = {_words(kind): _verdict(trained.sel(normalization=kind)) for kind in trained["normalization"].values}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(said("Network"))


def _verdict(trained: "xr.Dataset") -> dict[str, str]:
    good, compared, probe = (trained.attrs[name] for name in ("good", "compared", "probe"))
    dead = trained["dead"].sel(learning_rate=compared).item()
    died = said("Dead units at learning rate {rate:g}, on {samples} samples", rate=compared, samples=probe)
    return {
        said("Learning rates with an accuracy of {accuracy:.0%}", accuracy=good): _ranges(trained["accuracy"] >= good),
        died: said("diverged") if isnan(dead) else f"{dead:.0%}",
    }


def _ranges(good: "xr.DataArray") -> str:
    """The good ones of rising rates: where one between two others is not good, it parts them."""
    each = groupby(zip(good["learning_rate"].values, good.values, strict=True), key=itemgetter(1))
    runs = [[rate for rate, _ in run] for well, run in each if well]
    words = "{low:g} to {high:g}"
    told = [said(words, low=run[0], high=run[-1]) if len(run) > 1 else short(run[0]) for run in runs]
    return ", ".join(told) or said("none")


def _words(kind: str) -> str:
    return said(KINDS[kind])


def _of_kind(found: "xr.Dataset") -> dict[str, str | int]:
    return {"kind": _words(found.attrs["kind"]), "layers": found.sizes["layer"]}


def _scene(trained: "xr.Dataset") -> Scene:
    return tuple(trained["learning_rate"].values.tolist()), trained.attrs["probe"]


def _untrained() -> Iterable[tuple["xr.Dataset"]]:
    from core.config import Config
    from core.experiments.batch_norm import pre_activations

    deep = Config(depth=10, width=20, samples=160, probe_size=40, steps=0)
    shown = deep, replace(deep, normalization="batch_norm"), replace(deep, weight_scale=10.0)
    return ((pre_activations(config),) for config in shown)


def _answers() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.batch_norm import answers

    return ((answers(2, 2.0, 1.0),), (answers(256, 1.0, 0.0),))


def _trained() -> Iterable[tuple["xr.Dataset"]]:
    """All is known, nothing is known yet, and all have diverged."""
    import xarray as xr

    values = xr.DataArray(
        [[0.9, 0.5], [1.0, 0.0]],
        {"normalization": list(KINDS), "learning_rate": [0.3, 1.0]},
        ("normalization", "learning_rate"),
    )
    told = {"steps": 150, "seeds": 5, "probe": 512, "good": 0.9, "compared": 1.0}
    known = xr.Dataset({"accuracy": values, "dead": values / 2, "diverged": values / 4}, attrs=told)
    lost = known.assign(accuracy=values.where(False), dead=values.where(False), diverged=xr.ones_like(values))
    return ((known,), (known.sel(normalization=[]),), (lost,))


@picture(
    "Sums {kind}",
    see="Dashed: the normal curve of mean 0 and spread 1.",
    alt="Histograms of the sums of {layers} layers {kind}, under one another, with the normal curve.",
    fill=_of_kind,
    frame=ridges_frame,
    examples=_untrained,
    height=HEIGHT,
)
def ridges(ink: Ink) -> Drawing:
    """Histograms of the sums of all layers of a network, under one another, with the normal curve."""
    x = alt.X("x:Q", scale=linear(), title=said("Sum z, as the activation is given it"))
    axis = alt.Axis(format="d", tickMinStep=1, ticks=False, domain=False)
    base = alt.Y("base:Q", scale=linear(reverse=True), axis=axis, title=said("Hidden layer"))
    color = alt.Color("layer:Q", scale=ink.layers(), legend=None)
    ridges = only("ridge").mark_area(interpolate="monotone", opacity=0.75, tooltip=None)
    ridges = ridges.encode(x, base, alt.Y2("top:Q"), color, alt.Detail("layer:Q"))
    normal = only("normal").mark_line(color=ink.text, strokeWidth=1.2, strokeDash=[3, 2], tooltip=None)
    normal = normal.encode(x, alt.Y("top:Q", title=said("Hidden layer")), alt.Detail("layer:Q"))
    words = only("note").mark_text(align="right", baseline="top", dx=-2, fontSize=11, color=ink.text, tooltip=None)
    words = words.encode(x, alt.Y("top:Q", title=said("Hidden layer")), alt.Text("note:N"))
    return layered(ridges, normal, words, at_corners(x, base))


@picture(
    "The answer depends on the company",
    see="The same sample in batches of {size}, in other company each time. In use its answer is the dashed line.",
    fill=lambda answers: answers.attrs,
    frame=company_frame,
    examples=_answers,
)
def company(ink: Ink) -> Drawing:
    """Histogram of what batch norm answers to one sample in many batches, and a line at its answer in use."""
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False, tickCount=8), title=said("Answer to the one sample"))
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format="%", tickCount=5), title=said("Share of the batches"))
    tooltip = [
        alt.Tooltip("x:Q", format=".2f", title=said("from")),
        alt.Tooltip("x2:Q", format=".2f", title=said("to")),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    bars = only("bar").mark_bar(color=ink.train, opacity=0.85, binSpacing=0)
    bars = bars.encode(x, alt.X2("x2:Q"), y, alt.Y2Datum(0), tooltip=tooltip)
    rule = only("used").mark_rule(color=ink.validation, strokeWidth=2, strokeDash=[6, 3])
    rule = rule.encode(x, tooltip=[alt.Tooltip("x:Q", format=".3f", title=said("in use"))])
    words = only("used").mark_text(text=said("in use"), align="left", baseline="top", dx=5, fontSize=12, color=ink.text)
    words = words.encode(x, y=alt.value(0), tooltip=alt.value(None))
    return layered(bars, rule, words, at_corners(x, y))


@picture(
    "Accuracy after {steps} steps",
    see="Each mark is the median of {seeds} networks. Triangles: most of them diverged.",
    fill=lambda trained: trained.attrs,
    frame=rates_frame,
    scene=_scene,
    examples=_trained,
)
def rates(tried: tuple[float, ...], probe: int, ink: Ink) -> Drawing:
    """Accuracy over the learning rate, of networks with and without batch norm."""
    axis = alt.Axis(values=list(tried), format="~g", grid=False, labelOverlap=True)
    x = alt.X("rate:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title=said("Learning rate"))
    y = alt.Y("accuracy:Q", scale=linear(), axis=alt.Axis(format=".0%"), title=said("Accuracy on held-out samples"))
    domain, legend = [_words(kind) for kind in KINDS], alt.Legend(title=None, orient="top", columns=1, symbolSize=80)
    color = alt.Color("kind:N", scale=alt.Scale(domain=domain, range=[ink.validation, ink.train]), legend=legend)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=domain, range=["circle", "square"]), legend=legend)
    size = alt.Size("kind:N", scale=alt.Scale(domain=domain, range=[150, 60]), legend=None)  # one behind the other
    tooltip = [
        alt.Tooltip("kind:N"),
        alt.Tooltip("rate:Q", format="~g", title=said("learning rate")),
        alt.Tooltip("accuracy:Q", format=".1%"),
        alt.Tooltip("dead:Q", format=".1%", title=said("dead units, on {samples} samples", samples=probe)),
        alt.Tooltip("diverged:Q", format=".0%", title=said("diverged")),
    ]
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, opacity=1).encode(x, y, color, shape, size, tooltip=tooltip)
    return layered(lines, points, lost_mark(x, y, ink), at_corners(x, y))
