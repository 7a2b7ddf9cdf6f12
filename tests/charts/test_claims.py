"""The chart of a claim: every case within its axis."""

from math import inf, nan

import numpy as np
import pytest
from drawn import assert_drawn_from

from core.charts.claims import FITS, claim_frame, is_log
from core.charts.claims import claim as picture
from core.claims import Evidence
from core.claims.claim import at_least, at_most, near

LINEAR = Evidence((near("a", 0.5, 0.5, 0.1), at_least("b", 3, 1)))
WIDE = Evidence((at_most("a", 0.0, 0.1), near("b", 1e-5, 1e-4, 1e-6), at_least("c", 1e3, 10)))
ODD = Evidence((near("a", inf, 1, 0), near("b", nan, 1, 0)))
ONE = Evidence((near("a", 1, 1, 0),))


@pytest.mark.parametrize("finding", [LINEAR, WIDE, ODD, ONE], ids=["linear", "wide", "odd", "one"])
def test_the_chart_shows_every_case_within_its_axis(finding):
    frame = claim_frame(finding)
    found = frame[frame["mark"] == "found"]
    np.testing.assert_array_equal(found["found"], np.float32([case.found for case in finding.cases]))
    assert [FITS.index(word) == 0 for word in found["fits"]] == [case.as_predicted for case in finding.cases]
    low, high = frame[frame["mark"] == "corner"]["shown"]
    assert low < high
    assert found["shown"].between(low, high).all()
    bands = frame[frame["mark"] == "band"]
    assert bands["low"].between(low, high).all()
    assert bands["high"].between(low, high).all()
    assert is_log(finding) == (finding is WIDE)
    for dark in (False, True):
        assert_drawn_from(picture.spec("Quantity", finding, dark=dark), frame)
