"""Links: a Config as text and back, whatever stands in the link."""

from configs import DEFAULT, FIELDS, each_field
from hypothesis import given
from hypothesis import strategies as st

from core import Config
from core.config.fields import Choice, Field, Number, Text


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
