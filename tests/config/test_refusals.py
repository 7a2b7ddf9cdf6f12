"""What a Config refuses, and in which words: values that are not allowed, and what is too large."""

import re
from math import inf, nan

import pytest
from configs import DEFAULT, FIELDS, each_field
from hypothesis import given
from hypothesis import strategies as st

from core import Config
from core.config.fields import Field, Number
from core.config.limits import LIMITS


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
