import numpy as np


def zero_pad(images, p):
    return np.pad(images, ((0, 0), (p, p), (p, p), (0, 0)))


def conv_single_step(x, w, bias):
    return float(np.sum(x * w) + bias.item())


def conv_forward(x, w, bias, options):
    p, s, f = options["pad"], options["stride"], w.shape[0]
    padded = zero_pad(x, p)
    height, width = (padded.shape[1] - f) // s + 1, (padded.shape[2] - f) // s + 1
    out = np.zeros((x.shape[0], height, width, w.shape[-1]))
    for n, i, j, k in np.ndindex(*out.shape):
        window = padded[n, i * s : i * s + f, j * s : j * s + f]
        out[n, i, j, k] = conv_single_step(window, w[..., k], bias[..., k])
    return out, (x, w, bias, options)


def pool_forward(x, options, mode="max"):
    f, s = options["f"], options["stride"]
    out = np.zeros((len(x), (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1, x.shape[3]))
    for i, j in np.ndindex(*out.shape[1:3]):
        window = x[:, i * s : i * s + f, j * s : j * s + f]
        out[:, i, j] = np.max(window, (1, 2)) if mode == "max" else np.mean(window, (1, 2))
    return out, (x, options)


def create_mask_from_window(window):
    return window >= window.max()


def distribute_value(value, size):
    return np.full(size, value / np.prod(size))
