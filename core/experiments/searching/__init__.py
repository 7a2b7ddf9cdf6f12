"""How a search covers its space in `coverage`, and how folds judge a setting in `folds`."""
