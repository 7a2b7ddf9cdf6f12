"""Claims about the first weights."""
