import pickle
import re
from dataclasses import FrozenInstanceError, replace
from itertools import groupby
from math import inf, nan

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from other_values import another_value

from core import Config, record
from core.config.fields import Choice, Field, Number, Text
from core.config.limits import LIMITS

FIELDS = Config.fields()
DEFAULT = Config()
SMALL = Config(depth=2, width=8, samples=40, probe_size=16)

each_field = pytest.mark.parametrize("name", FIELDS)


def allowed_values(field: Field) -> st.SearchStrategy:
    if isinstance(field, Choice):
        return st.sampled_from(list(field.options))
    if isinstance(field, Text):
        return st.from_regex(field.pattern, fullmatch=True)
    assert isinstance(field, Number)
    return (st.integers if field.whole else st.floats)(field.low, field.high)


def fitting(values: dict) -> Config:
    """The Config of these values, with fewer layers and samples where all of them together are too large."""
    try:
        return Config(**values)
    except ValueError:
        return Config(**values | {"depth": 0, "features": 1, "samples": 1000, "loss_function": "auto"})


configs = st.fixed_dictionaries({}, optional={n: allowed_values(f) for n, f in FIELDS.items()}).map(fitting)


def refused(field: Field) -> list:
    """Values that are not allowed, of every kind of wrongness."""
    wrong = [None, nan, inf, -inf, "nonsense", [1], 10**400]
    if isinstance(field, Number):
        wrong += [field.high + 1, field.low - 1, "1", True, *([1.5, 1.0] if field.whole else [])]
    return wrong


@each_field
def test_what_is_not_allowed_is_refused_in_words(name):
    for value in refused(FIELDS[name]):
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:60] + "…"
        with pytest.raises(ValueError, match=f"^{re.escape(f'{name} must be {FIELDS[name].allowed}; got {shown}')}$"):
            Config(**{name: value})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"activation": "relo"}, "activation must be one of relu, leaky_relu, prelu, rrelu, elu, "),
        ({"depth": -1}, "depth must be a whole number from 0 to 100; got -1"),
        ({"learning_rate": nan}, "learning_rate must be a number from 0 to 1e+09; got nan"),
        ({"normalization": 1}, "normalization must be one of none, batch_norm, batch_norm_after, layer_norm; got 1"),
        ({"table": "../etc"}, "table must be 32 hexadecimal digits, or nothing; got '../etc'"),
    ],
)
def test_examples_of_the_words(wrong, words):
    with pytest.raises(ValueError, match="^" + re.escape(words)):
        Config(**wrong)


def test_too_many_weights_are_refused_in_words():
    words = "depth · width · width must be at most 30,000,000; got 29 · 1024 · 1024 = 30,408"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(depth=29, width=1024, probe_size=1)
    assert Config(depth=28, width=1024, probe_size=1).depth == 28


def test_too_many_activations_are_refused_in_words():
    words = "depth · width · probe_size must be at most 16,000,000; got 100 · 64 · 2501 = 16,006,400"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(depth=100, width=64, samples=5000, probe_size=2501)
    assert Config(depth=100, width=64, samples=5000, probe_size=2500).probe_size == 2500


def test_too_many_snapshots_are_refused_in_words():
    words = "depth · width · snapshots must be at most 6,000,000; got 100 · 500 · 500 = 25,000,000"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(depth=100, width=500, snapshots=500, probe_size=1)


def test_too_much_data_is_refused_in_words_where_the_number_of_features_matters():
    words = "samples · features must be at most 60,000,000; got 60000 · 1001 = 60,060,000"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(dataset="gaussian", samples=60_000, features=1001)
    assert Config(dataset="moons", samples=60_000, features=1001).features == 1001


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (
            {"depth": 15, "width": 1024},
            "depth · width · width · pieces of maxout must be at most 30,000,000; got 15",
        ),
        (
            {"dataset": "gaussian", "features": 2000, "width": 1024},
            "width · features · pieces of maxout must be",
        ),
        ({"optimizer": "lbfgs", "depth": 3, "width": 1024}, "depth · width · width · pieces of maxout · history must"),
        (
            {"depth": 20, "width": 500, "probe_size": 1000},
            "depth · width · pieces of maxout · probe_size must",
        ),
    ],
)
def test_the_second_piece_of_a_maxout_takes_memory_too(choices, words):
    assert Config(**choices).depth
    with pytest.raises(ValueError, match=re.escape(words)) as refused:
        Config(activation="maxout", **choices)
    assert set(refused.value.names) <= set(Config.fields())
    allowed = Config(activation="maxout").with_instead(**choices)
    assert allowed == Config(**choices)


def test_too_many_remembered_steps_are_refused_in_words_where_the_optimizer_remembers_them():
    words = "depth · width · width · history must be at most 60,000,000; got 6 · 1024 · 1024 · 10 = 62,914,560"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(optimizer="lbfgs", depth=6, width=1024)
    assert Config(optimizer="lbfgs", depth=5, width=1024).depth == 5
    assert Config(optimizer="adam", depth=6, width=1024).depth == 6


def test_too_much_data_is_refused_where_the_data_set_is_known_to_have_many_features():
    words = "samples · features must be at most 60,000,000; got 20000 · 3072 = 61,440,000"
    with pytest.raises(ValueError, match=re.escape(words)):
        Config(dataset="cifar10", samples=20_000)
    assert Config(dataset="mnist", samples=60_000).samples == 60_000
    assert Config(dataset="upload", samples=60_000).samples == 60_000  # an uploaded file has limits of its own


def test_the_number_of_features_is_known_as_far_as_it_can_be():
    assert Config(dataset="gaussian", features=7).known_features == 7
    assert Config(dataset="mnist", features=7).known_features == 784
    assert Config(dataset="upload", features=7).known_features is None


def test_it_is_frozen():
    with pytest.raises(FrozenInstanceError):
        DEFAULT.depth = 3  # type: ignore[misc]


def test_equal_values_are_equal_configs():
    assert Config(weight_scale=2, bias_init=0) == Config(weight_scale=2.0, bias_init=-0.0)
    assert hash(Config(weight_scale=2, bias_init=0)) == hash(Config(weight_scale=2.0, bias_init=-0.0))
    assert Config(weight_scale=2).to_query() == Config(weight_scale=2.0).to_query() == {"weight_scale": "2.0"}
    assert Config(bias_init=-0.0).to_query(full=True)["bias_init"] == "0.0"


@each_field
def test_every_field_says_all_that_a_control_needs(name):
    field = FIELDS[name]
    assert field.check(getattr(DEFAULT, name)) == getattr(DEFAULT, name)
    assert field.label
    assert field.group
    assert field.help.endswith(".")
    assert field.asked_by is None or isinstance(FIELDS[field.asked_by], Choice)


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if isinstance(field, Number)])
def test_sliders_show_allowed_values_with_the_default_among_them(name):
    field = FIELDS[name]
    assert field.low <= field.slider[0] <= getattr(DEFAULT, name) <= field.slider[1] <= field.high
    assert field.step > 0
    assert not field.log or field.slider[0] > 0


@given(configs)
def test_a_link_gives_the_config_back(config):
    for full in (False, True):
        query = config.to_query(full=full)
        assert Config.from_query(query) == config
        assert hash(Config.from_query(query)) == hash(config)
        assert Config.query_problems(query) == ()
        assert all(isinstance(text, str) for text in query.values())


@given(configs)
def test_a_link_holds_what_differs_from_the_default(config):
    differing = {name for name in FIELDS if getattr(config, name) != getattr(DEFAULT, name)}
    assert config.to_query().keys() == differing
    assert config.to_query(full=True).keys() == FIELDS.keys()


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(["nan", "-inf", "1e999", "9" * 5000, "1" + "0" * 400, "١٢", "1_0", "NaN", "\x00", "-0.0", "True"]),
    st.floats(),
    st.integers(),
    st.none(),
    st.booleans(),
    st.lists(st.text(), max_size=3),
    st.text(min_size=50).map(lambda text: text * 1000),
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "page", "__class__", ""]), HOSTILE))
def test_no_link_is_refused(query):
    config, problems = Config.from_query(query), Config.query_problems(query)
    pieces = ("", " · pieces of maxout")
    too_large = tuple(" · ".join(names).replace(" · activation", words) for names in LIMITS for words in pieces)
    named = [problem.split(" ")[0] for problem in problems if not problem.startswith(too_large)]
    assert len(set(named)) == len(named)
    for name in query.keys() & FIELDS.keys():
        if name in named:
            assert getattr(config, name) == getattr(DEFAULT, name)
        elif len(named) == len(problems):  # else the network is too large, and keeps its default size
            assert getattr(config, name) == FIELDS[name].read(str(query[name]))
    assert all(len(problem) < 300 for problem in problems)


@each_field
def test_one_sentence_for_a_bad_value_in_a_link(name):
    right = "width" if name == "depth" else "depth"
    nothing = () if isinstance(FIELDS[name], Text) else ("",)
    for text in ("nonsense", *nothing, "[1]", "-1e999", "1" * 400, "x" * 10_000):
        query = {name: text, right: "3"}
        (problem,) = Config.query_problems(query)
        assert problem.startswith(f"{name} must be {FIELDS[name].allowed}; got '{text[:50]}")
        assert Config.from_query(query) == Config(**{right: 3})


def test_one_sentence_for_each_bad_value_in_a_link():
    problems = Config.query_problems({"depth": "many", "width": "3", "seed": "-1", "page": "?"})
    assert [problem.split(" ")[0] for problem in problems] == ["depth", "seed"]


def test_a_link_to_too_large_a_network_keeps_its_other_choices():
    query = {"depth": "100", "width": "1024", "activation": "tanh", "seed": "x"}
    assert Config.from_query(query) == Config(activation="tanh")
    wrong, too_large = Config.query_problems(query)
    assert wrong.startswith("seed must be")
    assert too_large == "depth · width · width must be at most 30,000,000; got 100 · 1024 · 1024 = 104,857,600"


def test_at_start_forgets_what_only_training_uses():
    network = {
        "activation": "tanh",
        "weight_scale": 2.0,
        "depth": 3,
        "seed": 4,
        "normalization": "batch_norm",
        "probe_size": 9,
    }
    training = {"learning_rate": 3.0, "optimizer": "adam", "batch_size": 7, "steps": 9, "dropout": 0.5, "snapshots": 5}
    config = Config(**network, **training)
    assert config != Config(**network)
    assert config.at_start() == Config(**network, steps=0)
    assert config.at_start().at_start() == config.at_start()


@each_field
def test_a_field_is_forgotten_at_start_only_if_the_untrained_network_does_without_it(name):
    """`at_start` is a promise: the measurements of the untrained network do not depend on the field."""
    if not FIELDS[name].at_start:
        config = replace(SMALL, **{name: another_value(name), "steps": 0})
        assert record(config).data.identical(record(replace(SMALL, steps=0)).data)


def test_a_number_has_no_effect_beyond_what_it_is_within():
    config = Config(batch_size=64, probe_size=500, samples=300)
    assert [config.effective(name) for name in ("batch_size", "probe_size", "width")] == [64, 300, config.width]
    assert Config(batch_size=4000, probe_size=4000, samples=300).effective("batch_size") == 300


def test_a_field_matters_where_the_chosen_entry_asks_for_it():
    assert not Config(dataset="digits").matters("noise")
    assert Config(dataset="moons").matters("noise")
    assert Config(dataset="gaussian").matters("features")
    assert Config(dataset="upload").matters("table")
    assert not Config(dataset="digits").matters("table")
    assert not Config(optimizer="sgd").matters("momentum")
    assert Config(optimizer="momentum").matters("momentum")
    assert Config(optimizer="nesterov").matters("momentum")
    assert Config(optimizer="lbfgs").matters("history")
    assert not Config(optimizer="adamw").matters("history")
    assert Config(optimizer="adamw").matters("weight_decay")
    assert Config().matters("depth")


def test_each_purpose_has_random_numbers_of_its_own():
    def numbers(config: Config, purpose: str) -> list[float]:
        return torch.rand(3, generator=config.generator(purpose)).tolist()

    assert numbers(DEFAULT, "data") == numbers(Config(depth=2), "data")
    assert numbers(DEFAULT, "data") != numbers(DEFAULT, "weights")
    assert numbers(DEFAULT, "data") != numbers(replace(DEFAULT, seed=1), "data")


def test_random_numbers_are_the_same_on_every_machine():
    """A link shared today must show the same network tomorrow."""
    assert torch.randint(1000, (4,), generator=DEFAULT.generator("data")).tolist() == [729, 891, 783, 613]


def test_it_can_be_sent_to_another_process():
    config = Config(activation="tanh", depth=3)
    assert pickle.loads(pickle.dumps(config)) == config


def test_the_fields_of_a_group_stand_together():
    groups = [group for group, _ in groupby(field.group for field in FIELDS.values())]
    assert len(groups) == len(set(groups))


def test_no_field_has_the_name_of_something_measured():
    """A sweep's Dataset has both, side by side."""
    data = record(Config(depth=1, width=4, samples=20, steps=0, snapshots=2)).data
    assert not FIELDS.keys() & {*data.variables, *data.dims, "run", "measured", "end", "end_step", "end_loss"}


def test_other_values_put_defaults_in_place_of_what_no_longer_fits():
    config = Config(dataset="moons", loss_function="binary_cross_entropy", depth=3)
    assert config.with_instead(dataset="digits") == Config(dataset="digits", loss_function="auto", depth=3)
    assert config.with_instead(depth=2) == replace(config, depth=2)
    with pytest.raises(ValueError, match="depth must be"):
        config.with_instead(depth=-1)
    with pytest.raises(ValueError, match="depth · width · width must be at most"):
        config.with_instead(depth=100, width=1024, batch_size=1, probe_size=1)
