"""Array: what numbers are in, to the right of a run. A room without torch says of its arrays no more than this."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
