"""What the MNIST notebooks print beside what is reached here, in `accuracies`; which layers get a gradient at all, in
`gradients`; and what is said of trainings, in `trainings`.
"""
