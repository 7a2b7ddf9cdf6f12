"""What the MNIST notebooks print beside what is reached here, and which layers get a gradient at all."""
