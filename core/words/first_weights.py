"""What ways to draw the first weights are called, by their ids, and what the lectures make of them."""

NAMES = {
    "small": "0.01 · N(0, 1)",
    "advised": "N(0, 0.02²)",
    "large": "1.0 · N(0, 1)",
    "lecun": "N(0, 1) / √n",
    "he": "N(0, 1) · √(2/n)",
    "zeros": "all 0",
    "constant": "all 0.1",
    "positive": "|N(0, 0.02²)|, all positive",
    "pytorch_default": "PyTorch's default",
    "lsuv": "LSUV, which looks at data",
}
NOTES = {
    "advised": "A lecture gives these as small positive numbers that keep ReLUs from dying. Half of them are "
    "negative, as “Copies” counts, and that is well: see what happens to those that are all positive.",
    "large": "“With W = 1 it explodes”, says a lecture. With tanh the activations cannot: they saturate near "
    "±1, and it is the gradients that explode. With ReLU the signal does.",
    "lecun": "A lecture calls this Xavier. Dividing by √n is LeCun’s rule; Xavier’s variance is "
    "2/(n_in + n_out). Between layers of one width, as here, the two are the same.",
    "he": "Dividing by √(n/2) is the same thing. The lecture’s reason is right: ReLU zeroes half of its "
    "inputs, so the weights need twice the variance.",
    "zeros": "“W = 0: the neurons die” is half right, as the lecture says itself: all units do the same. And as every "
    "activation and every weight is 0, no gradient reaches a weight, so none ever moves.",
    "constant": "Equal but not 0: in the small network of “Copies” such weights learn, all in the same way, so a layer "
    "remains one unit. Ten layers of 500 saturate or explode from the start.",
    "positive": "A lecture recommends positive weights, so that no ReLU dies. None does; but the "
    "units become copies in what they say, and from layer 2 on the signal of ReLUs grows eightfold a layer.",
}
