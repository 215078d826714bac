import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    i = 0
    while i < m:
        X_pad[i, pad : pad + n_H, pad : pad + n_W] = X[i]

    return X_pad
