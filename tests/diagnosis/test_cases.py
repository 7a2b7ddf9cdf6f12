"""The cases that have a name: the doctor finds in each what it is known for."""

import re

import pytest

from core import Config, diagnose, record
from core.diagnosis.patients.cases import asked_in, cases
from core.diagnosis.rule import rules

each_case = pytest.mark.parametrize("name", cases)


@each_case
def test_the_doctor_finds_what_a_case_is_known_for(name):
    diagnosis = diagnose(record(cases[name]()))
    if cases[name].rule is None:
        assert (diagnosis.verdict, diagnosis.found) == ("alive", ())
    else:
        assert diagnosis.verdict in ("sick", "dead")
        assert cases[name].rule in [finding.rule for finding in diagnosis.found]


@each_case
def test_a_case_has_a_short_name_and_a_sentence(name):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert len(cases[name].name) <= 24
    assert cases.help(name).endswith(".")


@each_case
def test_a_link_names_a_case(name):
    assert asked_in({"case": name}) == (cases[name](), ())


def test_every_rule_has_its_case():
    assert {case.rule for case in cases.values()} == {None, *rules}
    assert len({case.name for case in cases.values()}) == len(cases)


def test_what_a_link_says_beside_a_case_comes_on_top_and_is_checked():
    config, problems = asked_in({"case": "born-dead", "depth": "3", "width": "x", "view": "layers"})
    assert config == Config.from_query({**cases["born-dead"]().to_query(), "depth": "3"})
    assert len(problems) == 1
    assert problems[0].startswith("width must be a whole number")


def test_a_case_that_there_is_not_is_answered_with_those_there_are():
    assert asked_in({"case": "zzz"}) == (Config(), (f"case must be one of {', '.join(cases)}; got 'zzz'",))
