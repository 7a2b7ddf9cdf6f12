"""First losses, learning rates, and the gap to held-out samples."""
