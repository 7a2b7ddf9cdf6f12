"""Claims about units that die."""
