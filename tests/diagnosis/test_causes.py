"""Causes on a map: those of the doctor, as they come in; what is stored of the first map comes out again."""

import json
from dataclasses import replace

import pytest

from core import Config, diagnose, record
from core.charts.causes import causes_frame
from core.charts.heat import Map
from core.diagnosis.causes.judge import LEARNED, UNKNOWN, JudgedMap, causes_of, judging
from core.diagnosis.causes.stored import FILE, judged_in, judged_map, store
from core.diagnosis.rule import rules
from core.sweeps.grid import grid
from core.sweeps.stored import first_map

BASE = Config(dataset="blobs", depth=2, width=8, samples=100, batch_size=20, steps=100, snapshots=8)
SMALL = grid(BASE, learning_rate=[1e-6, 0.1, 1e6], weight_scale=[1.0, 30.0], seed=[0, 1])
MOST_BYTES = 20_000
DRAWN = Map("learning_rate", "weight_scale", "cause")


@pytest.fixture(scope="module")
def judged() -> JudgedMap:
    *_, last = judging(SMALL)
    return last


def answer(config: Config) -> str:
    diagnosis = diagnose(record(config))
    return diagnosis.cause.rule if diagnosis.cause else LEARNED if diagnosis.verdict == "alive" else UNKNOWN


def test_the_answers_are_those_on_each_network_alone(judged):
    assert [judged.causes[place] for place in range(len(SMALL))] == list(map(answer, SMALL))
    assert {LEARNED, "rate_too_low", "rate_too_high"} <= set(judged.causes.values())


def test_a_probe_that_is_a_small_part_of_the_samples_makes_no_difference():
    config = Config(learning_rate=1.0, depth=8, width=16, samples=400, steps=100, snapshots=12, probe_size=8)
    configs = grid(config, learning_rate=[1.0], weight_scale=[1.0], seed=[0])
    *_, judged = judging(configs)
    assert judged.causes == {0: answer(config)}


def test_they_come_in_with_their_networks():
    for partial in judging(SMALL):
        assert len(partial.causes) == partial.progress.done
    assert causes_of(partial.known.parts[0], SMALL).items() <= partial.causes.items()


def test_a_cell_has_the_answer_on_most_of_its_networks(judged):
    frame = causes_frame(judged, DRAWN, (0.1, 1.0)).set_index("row")
    assert len(frame) == 6
    at = {row: SMALL.axes["learning_rate"][row % 3] for row in range(6)}
    for row, cell in frame.iterrows():
        alike = [
            place
            for place, config in enumerate(SMALL)
            if (config.learning_rate, config.weight_scale) == (at[row], SMALL.axes["weight_scale"][row // 3])
        ]
        counts = [judged.causes[place] for place in alike]
        named = {LEARNED: "Learns", UNKNOWN: "Does not learn, no cause found"}
        labels = [named.get(each) or rules[each].label for each in counts]
        assert cell["cause"].lstrip("0123456789 ") in labels
        assert cell["share"] == pytest.approx(max(map(counts.count, counts)) / 2)
        assert cell["chosen"] == (row == 1)
        assert (cell["sign"] == "") == (cell["cause"] == "Learns")


def test_cells_of_which_nothing_is_known_are_left_out(judged):
    few = JudgedMap(judged.known, {0: "rate_too_low", 1: LEARNED, 2: "rate_too_low"})
    frame = causes_frame(few, DRAWN)
    assert frame["cause"].tolist() == ["Learns", "1 Steps too short"]  # of two that are as many, what learns
    assert frame["share"].tolist() == [0.5, 1.0]
    assert causes_frame(JudgedMap(judged.known, {}), DRAWN).empty


def test_the_causes_of_the_first_map_are_stored():
    found = judged_map(first_map())
    assert found is not None, (
        "the stored map is of other Configs than the app begins with: run python -m core.diagnosis.causes"
    )
    assert len(found[0].causes) == len(first_map())
    assert FILE.stat().st_size < MOST_BYTES


# From the middle of the regions of the map: none at an edge where rounding decides.
@pytest.mark.numerics
@pytest.mark.parametrize(("rate", "scale"), [(0.0001, 0.1), (0.1, 1.0), (10.0, 1.0), (0.01, 10.0)], ids=str)
def test_stored_causes_come_out_again(rate, scale):
    kept, configs = judged_map(first_map())[0].causes, list(first_map())
    axes = first_map().axes
    nearest = {
        name: min(axes[name], key=lambda each: abs(each - value))
        for name, value in (("learning_rate", rate), ("weight_scale", scale))
    }
    config = replace(first_map().base, **nearest, seed=axes["seed"][0])
    assert kept[configs.index(config)] == answer(config)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two files with a small map and its causes."""
    folder = tmp_path_factory.mktemp("small")
    store(SMALL, folder / "map.json", folder / "causes.json")
    return folder / "map.json", folder / "causes.json"


def test_what_is_stored_is_what_was_found(files, judged):
    assert judged_in(*files, SMALL)[0].causes == judged.causes


@pytest.mark.parametrize(
    "changed",
    [
        {"causes": ["learned"]},
        {"causes": ["learned witchcraft"] * 6},
        {"causes": 3},
        {"made": {"date": "yesterday"}},
        {"axes": {}},
    ],
    ids=["too few", "no rule", "no list", "no date", "of another map"],
)
def test_a_broken_file_is_as_good_as_none(files, changed, tmp_path):
    broken = tmp_path / "causes.json"
    broken.write_text(json.dumps(json.loads(files[1].read_text()) | changed))
    assert judged_in(files[0], broken, SMALL) is None
    assert judged_in(files[0], tmp_path / "none.json", SMALL) is None
    assert judged_in(tmp_path / "none.json", files[1], SMALL) is None
