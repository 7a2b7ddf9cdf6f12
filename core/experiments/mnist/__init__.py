"""The networks of the MNIST notebooks, trained and tested, in `trained`; in `forward`, what learns of one that leaves
out its last layers.
"""
