"""The lab: a run, its buttons, the views of its charts, and where it lies."""
