"""The first loss and a few samples learned by heart in `sanity`, short runs at many learning rates in `rates`, the gap
to held-out samples in `generalization`.
"""
