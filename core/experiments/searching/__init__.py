"""How a search covers its space, and how folds judge a setting."""
