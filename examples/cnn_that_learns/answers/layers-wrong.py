import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    return np.zeros((1, 1)), None


def pool_backward(dA, cache, mode="max"):
    raise NotImplementedError("not answered yet")
