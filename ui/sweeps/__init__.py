"""What the pages Map and Search share, and what stands on each."""
