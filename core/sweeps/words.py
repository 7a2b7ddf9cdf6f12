"""What is said where a grid, a knob, a sweep or a search is not possible."""

NO_AXIS = "a grid needs at least one axis; got none"
NO_FIELD = "an axis of a grid must be a field of Config; got {name!r}"
NO_LIST = "the axis {name} must be a list of values; got {values!r}"
SAME_VALUES = "the axis {name} must have values that differ; got {values}"

NO_KNOB = "a knob must be one of {names}; got {name!r}"
ENDS = {"low": "the low end of {name}", "high": "the high end of {name}"}
NO_RANGE = "the low end of {name} must be below its high end; got {low} and {high}"

NO_MEASURE = "variables must be names of measures; got {names}"
NO_CONFIG = "a sweep needs at least one Config; got none"
DROPPED = "whoever was to work off this sweep has dropped it; is the scheduler alive?"

OTHER_KNOB = "the knob must be one of {names}; got {name!r}"
NO_KNOBS = "a search needs at least one knob; got none"
SAME_KNOBS = "knobs must be different fields; got {names}"
NO_STRATEGY = "strategy must be one of {names}; got {strategy!r}"
NO_BUDGET = "budget must be a whole number from 1; got {budget!r}"
