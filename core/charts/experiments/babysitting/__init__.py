"""First losses and a few samples learned by heart in `sanity`, learning rates in `rates`, the gap to held-out samples
in `generalization`.
"""
