"""The first loss, a few samples learned by heart, learning rates, and the gap to held-out samples."""
