"""What tests of charts share."""

import pytest
from situations import SITUATIONS

from core import Recording, record


@pytest.fixture(params=SITUATIONS)
def recording(request) -> Recording:
    return record(SITUATIONS[request.param])
