"""What tests of sweeps share."""

import pytest

from core.sweeps.chunks import forget


@pytest.fixture
def nothing_known():
    """Every sweep of these tests is worked off, none comes from the cache."""
    forget()
