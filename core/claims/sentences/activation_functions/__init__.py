"""Claims about functions and what they cost."""
