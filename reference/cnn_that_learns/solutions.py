"""The nine functions of the notebook, and the one network that they make.

Shapes: images (m, n_H, n_W, n_C_prev), activations of a dense layer (m, n), its weights (n_prev, n) and
biases (1, n), scores (m, number of classes), y (m,). The cost is the mean over the batch; so the gradient of
the scores has the factor 1 / m, and every other gradient is a sum over the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from reference.cnn_step_by_step.solutions import conv_backward, conv_forward, pool_backward, pool_forward

CONV_HPARAMETERS = {"pad": 0, "stride": 1}
POOL_HPARAMETERS = {"f": 2, "stride": 2}


def relu_forward(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return max(Z, 0), entry by entry, and the cache Z."""
    return np.where(Z > 0, Z, 0.0), Z


def relu_backward(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Return dZ: dA where Z, the cache, is positive, else 0."""
    return np.where(cache > 0, dA, 0.0)


def dense_forward(A_prev: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Return Z = A_prev W + b, of shape (m, n), and the cache (A_prev, W, b)."""
    return A_prev @ W + b, (A_prev, W, b)


def dense_backward(dZ: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dA_prev, dW, db, of the shapes of A_prev, W, b; the last two are sums over the batch."""
    A_prev, W, _ = cache
    return dZ @ W.T, A_prev.T @ dZ, dZ.sum(axis=0, keepdims=True)


def softmax_cross_entropy(Z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of -log softmax(Z)[i, y[i]] and its gradient with respect to Z."""
    m = len(Z)
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dZ = np.exp(log_P)
    dZ[np.arange(m), y] -= 1
    return -log_P[np.arange(m), y].mean(), dZ / m


def numerical_gradient(
    cost: Callable[[np.ndarray], float], parameter: np.ndarray, step: float = 1e-5
) -> np.ndarray:
    """Return the gradient of cost at an array, of the same shape, by central differences."""
    gradient = np.zeros(parameter.shape)
    for index in np.ndindex(parameter.shape):
        nudge = np.zeros(parameter.shape)
        nudge[index] = step
        gradient[index] = (cost(parameter + nudge) - cost(parameter - nudge)) / (2 * step)
    return gradient


def model_forward(X: np.ndarray, parameters: Mapping[str, np.ndarray]) -> tuple[np.ndarray, tuple]:
    """Return the scores of convolution, ReLU, max pooling, flattening and a dense layer, and their caches."""
    Z1, cache_conv = conv_forward(X, parameters["W1"], parameters["b1"], CONV_HPARAMETERS)
    A1, cache_relu = relu_forward(Z1)
    P1, cache_pool = pool_forward(A1, POOL_HPARAMETERS)
    Z2, cache_dense = dense_forward(P1.reshape(len(P1), -1), parameters["W2"], parameters["b2"])
    return Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense)


def model_backward(dZ: np.ndarray, caches: tuple) -> dict[str, np.ndarray]:
    """Return dW1, db1, dW2 and db2 by name, from the gradient of the scores."""
    cache_conv, cache_relu, cache_pool, shape, cache_dense = caches
    dF1, dW2, db2 = dense_backward(dZ, cache_dense)
    dA1 = pool_backward(dF1.reshape(shape), cache_pool)
    _, dW1, db1 = conv_backward(relu_backward(dA1, cache_relu), cache_conv)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def update(
    parameters: Mapping[str, np.ndarray], gradients: Mapping[str, np.ndarray], rate: float
) -> dict[str, np.ndarray]:
    """Return new parameters, each a step of `rate` down its gradient; the old ones stay as they are."""
    return {name: value - rate * gradients[f"d{name}"] for name, value in parameters.items()}
