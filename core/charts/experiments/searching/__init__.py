"""The points of searches in `coverage`, a real one along its knobs in `trials`, and folds in `folds`."""
