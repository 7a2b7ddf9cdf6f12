import pytest

from core.registry import Registry


@pytest.fixture
def pets() -> Registry:
    registry = Registry("pet")

    def dog(age, name):
        """Barks,
        and fetches.

        Not read by users.
        """

    registry.add("dog", dog, dog.__doc__)
    registry.add("cat", lambda: "meow", "Purrs.")
    return registry


def test_it_is_a_mapping_in_the_order_of_registration(pets):
    assert list(pets) == ["dog", "cat"]
    assert len(pets) == 2
    assert pets["cat"]() == "meow"


def test_help_is_the_first_paragraph_on_one_line(pets):
    assert pets.help("dog") == "Barks, and fetches."


def test_asks_for_are_the_names_of_the_parameters(pets):
    assert pets.asks_for("dog") == {"age", "name"}
    assert pets.asks_for("cat") == set()


@pytest.mark.parametrize("look_up", [Registry.__getitem__, Registry.help, Registry.asks_for])
def test_a_missing_name_is_answered_with_what_is_allowed(pets, look_up):
    with pytest.raises(KeyError, match="pet must be one of dog, cat; got 'cow'"):
        look_up(pets, "cow")


def test_a_missing_name_is_not_contained(pets):
    assert "dog" in pets
    assert "cow" not in pets


def test_an_entry_without_help_is_refused(pets):
    with pytest.raises(ValueError, match="pet 'cow' needs a docstring: it is the help text that users read"):
        pets.add("cow", lambda: None, None)


def test_a_name_is_taken_once(pets):
    with pytest.raises(ValueError, match="pet 'dog' is registered twice"):
        pets.add("dog", lambda: None, "Another.")
