"""What tests of pages share."""

import pytest
from lesson_pages import healthy
from screen import Open


@pytest.fixture
def lesson_at(opened: Open) -> Open:
    """Opens a lesson at an address with these parameters."""
    return lambda lesson, **query: healthy(opened(query, lesson.path))
