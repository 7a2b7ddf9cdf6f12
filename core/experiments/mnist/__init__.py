"""The networks of the MNIST notebooks, trained and tested, in `trained`, and what learns of one that leaves out its last
layers in `forward`.
"""
