"""The networks of the MNIST notebooks, trained and tested, in `trained`, and what learns of one that leaves its last
layers out in `forward`.
"""
