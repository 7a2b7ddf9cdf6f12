"""What the MNIST notebooks print beside what is reached here in `accuracies`, a training in words in `trainings`, and
which layers get a gradient at all in `gradients`.
"""
