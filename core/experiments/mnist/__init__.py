"""The networks of the MNIST notebooks, trained and tested, and what learns of one that leaves out its last layers."""
