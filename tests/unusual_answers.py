"""Answers that are right, though not written as most students write them."""

from __future__ import annotations

from student_answers import edited, written

# By function: (what is unusual, the cells). A text alone is the answer's cell.

ZERO_PAD = {
    "slices of a buffer": """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
        X_pad[:, pad:pad + n_H, pad:pad + n_W, :] = X
        return X_pad
        """,
    "concatenated, integer zeros": """
        rows = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]), dtype=int)
        X = np.concatenate([rows, X, rows], axis=1)
        columns = np.zeros((X.shape[0], X.shape[1], pad, X.shape[3]), dtype=int)
        return np.concatenate((columns, X, columns), axis=2)
        """,
    "a comprehension, one np.pad for each channel": """
        return np.stack(
            [np.stack([np.pad(x[:, :, c], pad) for c in range(x.shape[2])], axis=-1) for x in X]
        )
        """,
    "a list of pairs, keywords": """
        width = [(0, 0)] * 4
        width[1] = width[2] = (pad, pad)
        return np.pad(array=X, pad_width=width, mode="constant", constant_values=0)
        """,
    "Fortran order": "return np.asfortranarray(np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0))))",
    "a view with strides turned round": """
        X_pad = np.pad(X[::-1], ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        return X_pad[::-1]
        """,
    "while loops, one number at a time": """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + pad * 2, n_W + pad * 2, n_C))
        i = 0
        while i < m:
            h = 0
            while h < n_H:
                w = 0
                while w < n_W:
                    X_pad[i, h + pad, w + pad] = X[i, h, w]
                    w += 1
                h += 1
            i += 1
        return X_pad
        """,
    "recursion": """
        if pad == 0:
            return X
        return zero_pad(np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0))), pad - 1)
        """,
}

CONV_SINGLE_STEP = {
    "b.item() of the whole": "return (np.sum(a_slice_prev * W) + b).item()",
    "np.squeeze": "return np.sum(a_slice_prev * W) + np.squeeze(b)",
    "float of np.squeeze": "s = a_slice_prev * W\nreturn np.sum(s) + float(np.squeeze(b))",
    "indices": "Z = np.multiply(a_slice_prev, W).sum()\nreturn Z + b[0, 0, 0]",
    "nested indices": "return (a_slice_prev * W).sum() + b[0][0][0]",
    "sum of the bias": "return np.sum(a_slice_prev * W) + np.sum(b)",
    "einsum": "return np.einsum('ijk,ijk->', a_slice_prev, W) + b.ravel()[0]",
    "tensordot, an array without axes": "return np.tensordot(a_slice_prev, W, 3) + b.reshape(())",
    "dot of flat arrays": "return a_slice_prev.ravel() @ W.ravel() + b.flat[0]",
    "np.vdot, a Python float": "return float(np.vdot(a_slice_prev, W)) + b.max()",
    "Python's sum, no NumPy": """
        Z = 0.0
        for plane, weights in zip(a_slice_prev.tolist(), W.tolist()):
            for row, w in zip(plane, weights):
                Z += sum(x * y for x, y in zip(row, w))
        return Z + b.tolist()[0][0][0]
        """,
    "the bias shared over all elements": "return np.sum(a_slice_prev * W + b / W.size)",
    "a warning and a message on standard error": """
        import sys
        import warnings
        warnings.warn("careful")
        print("working", file=sys.stderr)
        np.log(np.zeros(1))
        return np.sum(a_slice_prev * W) + b.item()
        """,
    "inputs changed in place": """
        a_slice_prev *= W
        b += a_slice_prev.sum()
        return b.item()
        """,
}

CONV_FORWARD = {
    "sliding_window_view and einsum": """
        pad, stride, f = hparameters["pad"], hparameters["stride"], W.shape[0]
        windows = np.lib.stride_tricks.sliding_window_view(zero_pad(A_prev, pad), (f, f), axis=(1, 2))
        Z = np.einsum("mhwcpq,pqcn->mhwn", windows[:, ::stride, ::stride], W) + b
        return Z, (A_prev, W, b, hparameters)
        """,
    "as_strided and tensordot": """
        stride, f = hparameters["stride"], W.shape[0]
        X = np.ascontiguousarray(zero_pad(A_prev, hparameters["pad"]))
        m, H, V, C = X.shape
        n_H, n_W = (H - f) // stride + 1, (V - f) // stride + 1
        sm, sh, sw, sc = X.strides
        windows = np.lib.stride_tricks.as_strided(
            X, (m, n_H, n_W, f, f, C), (sm, sh * stride, sw * stride, sh, sw, sc), writeable=False
        )
        return np.tensordot(windows, W, axes=3) + b, (A_prev, W, b, hparameters)
        """,
    "im2col": """
        (m, H, V, C), (f, _, _, n_C) = A_prev.shape, W.shape
        stride, pad = hparameters["stride"], hparameters["pad"]
        n_H, n_W = 1 + (H + 2 * pad - f) // stride, 1 + (V + 2 * pad - f) // stride
        X = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        columns = np.array([
            x[h * stride:h * stride + f, w * stride:w * stride + f].ravel()
            for x in X for h in range(n_H) for w in range(n_W)
        ])
        Z = (columns @ W.reshape(-1, n_C) + b.ravel()).reshape(m, n_H, n_W, n_C)
        return Z, (A_prev, W, b, hparameters)
        """,
    "a sum over the places of the filter": """
        pad, s, f = hparameters["pad"], hparameters["stride"], len(W)
        X = zero_pad(A_prev, pad)
        n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
        Z = 0
        for p in range(f):
            for q in range(f):
                Z = Z + X[:, p:p + n_H * s:s, q:q + n_W * s:s] @ W[p, q]
        return Z + b, (A_prev, W, b, hparameters)
        """,
    "np.ndindex, hparameters.get, np.empty": """
        stride, pad, f = hparameters.get("stride"), hparameters.get("pad", 0), W.shape[0]
        X = zero_pad(A_prev, pad)
        sides = [math.floor((n - f) / stride) + 1 for n in X.shape[1:3]]
        Z = np.empty((len(X), *sides, W.shape[-1]))
        for i, h, w, c in np.ndindex(Z.shape):
            window = X[i, h * stride:h * stride + f, w * stride:w * stride + f]
            Z[i, h, w, c] = conv_single_step(window, W[..., c], b[..., c])
        return Z, (A_prev, W, b, hparameters)
        """,
    "ranges with a step, results in a list": """
        stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
        X = zero_pad(A_prev, pad)
        _, H, V, _ = X.shape
        Z = [[[[conv_single_step(x[top:top + f, left:left + f], W[..., c], b[..., c])
                for c in range(W.shape[3])]
               for left in range(0, V - f + 1, stride)]
              for top in range(0, H - f + 1, stride)]
             for x in X]
        return np.array(Z), (A_prev, W, b, hparameters)
        """,
    "all filters at once": edited(
        "conv_forward",
        ("for c in range(n_C):", "if True:"),
        (
            "Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])",
            "Z[i, h, w] = np.sum(a_slice_prev[..., None] * W, axis=(0, 1, 2)) + b[0, 0, 0]",
        ),
    ),
    "channels outside, examples inside, no single step": edited(
        "conv_forward",
        (
            "for i in range(m):\n        a_prev_pad = A_prev_pad[i]",
            "for c in range(n_C):\n        a_prev_pad = A_prev_pad",
        ),
        ("for c in range(n_C):\n                    vert", "for i in range(m):\n                    vert"),
        ("a_prev_pad[vert", "a_prev_pad[i, vert"),
        (
            "conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])",
            "(a_slice_prev * W[..., c]).sum() + b[0, 0, 0, c]",
        ),
    ),
    "prints inside the loops": edited(
        "conv_forward",
        ("        for h in range(n_H):", "        print(i, a_prev_pad)\n        for h in range(n_H):"),
    ),
    "code after return": edited(
        "conv_forward", ("return Z, cache", "return Z, cache\n    Z[:] = 0\n    return None")
    ),
    "the cache as a list": edited(
        "conv_forward", ("cache = (A_prev, W, b, hparameters)", "cache = [A_prev, W, b, hparameters]")
    ),
    "the result as a list": edited("conv_forward", ("return Z, cache", "return [Z, cache]")),
    "a key added to hparameters": edited(
        "conv_forward", ("    pad = hp", "    hparameters['f'] = f\n    pad = hp")
    ),
    "hparameters copied into another dictionary": edited(
        "conv_forward",
        ("cache = (A_prev, W, b, hparameters)", "cache = (A_prev, W, b, dict(pad=pad, stride=stride))"),
    ),
    "renamed parameters": """
def conv_forward(inputs, kernels, bias, options):
    step, border, side = options["stride"], options["pad"], kernels.shape[0]
    padded = zero_pad(inputs, border)
    rows = (padded.shape[1] - side) // step + 1
    columns = (padded.shape[2] - side) // step + 1
    out = np.zeros((len(inputs), rows, columns, kernels.shape[3]))
    for h in range(rows):
        for w in range(columns):
            patch = padded[:, h * step:h * step + side, w * step:w * step + side]
            out[:, h, w] = np.tensordot(patch, kernels, axes=([1, 2, 3], [0, 1, 2]))
    out += bias
    return out, (inputs, kernels, bias, options)
""",
    "helpers under other names in another cell": (
        """
def _pad(images, width):
    return np.pad(images, ((0, 0), (width, width), (width, width), (0, 0)))

def _step(window, weights, bias):
    return np.sum(window * weights) + bias.item()
""",
        edited("conv_forward", ("zero_pad(", "_pad("), ("conv_single_step(", "_step(")),
    ),
    "a class with __call__": """
class Convolution:
    def __init__(self, step):
        self.step = step

    def __call__(self, A_prev, W, b, hparameters):
        s, f = hparameters["stride"], W.shape[0]
        X = zero_pad(A_prev, hparameters["pad"])
        n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
        Z = np.zeros((X.shape[0], n_H, n_W, W.shape[3]))
        for i, h, w, c in itertools.product(*map(range, Z.shape)):
            Z[i, h, w, c] = self.step(X[i, h * s:h * s + f, w * s:w * s + f], W[..., c], b[..., c])
        return Z, (A_prev, W, b, hparameters)

conv_forward = Convolution(conv_single_step)
""",
}

POOL_FORWARD = {
    "sliding_window_view": """
        f, stride = hparameters["f"], hparameters["stride"]
        windows = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
        A = {"max": np.max, "average": np.mean}[mode](windows, axis=(-2, -1))
        return A, (A_prev, hparameters)
        """,
    "running maximum and sum over the places of the window": """
        f, s = hparameters["f"], hparameters["stride"]
        n_H, n_W = (A_prev.shape[1] - f) // s + 1, (A_prev.shape[2] - f) // s + 1
        places = [A_prev[:, p:p + s * n_H:s, q:q + s * n_W:s] for p in range(f) for q in range(f)]
        A = np.maximum.reduce(places) if mode == "max" else sum(places) / f**2
        return A, (A_prev, hparameters)
        """,
    "all channels and examples at once": """
        f, stride = hparameters["f"], hparameters["stride"]
        rows = range(0, A_prev.shape[1] - f + 1, stride)
        columns = range(0, A_prev.shape[2] - f + 1, stride)
        reduce = np.amax if mode == "max" else np.average
        A = [[reduce(A_prev[:, r:r + f, c:c + f], axis=(1, 2)) for c in columns] for r in rows]
        A = np.moveaxis(np.array(A), 2, 0)
        return A, (A_prev, hparameters)
        """,
    "sum divided by the size": edited(
        "pool_forward", ("np.mean(a_prev_slice)", "np.sum(a_prev_slice) / (f * f)")
    ),
    "a maximum found by hand": edited(
        "pool_forward", ("np.max(a_prev_slice)", "-min(-x for x in a_prev_slice.ravel())")
    ),
    "math.floor, else instead of elif": edited(
        "pool_forward",
        ("int(1 + (n_H_prev - f) / stride)", "math.floor((n_H_prev - f) / stride + 1)"),
        ('elif mode == "average":', "else:"),
    ),
    "while loops": """
        m, n_H_prev, n_W_prev, n_C = A_prev.shape
        f, stride = hparameters["f"], hparameters["stride"]
        n_H, n_W = (n_H_prev - f) // stride + 1, (n_W_prev - f) // stride + 1
        A = np.zeros((m, n_H, n_W, n_C))
        i = 0
        while i < m:
            h = top = 0
            while top + f <= n_H_prev:
                w = left = 0
                while left + f <= n_W_prev:
                    window = A_prev[i, top:top + f, left:left + f]
                    A[i, h, w] = (window.max if mode == "max" else window.mean)(axis=(0, 1))
                    left += stride
                    w += 1
                top += stride
                h += 1
            i += 1
        return A, (A_prev, hparameters)
        """,
    "type annotations and a generator": """
def _windows(x: np.ndarray, f: int, stride: int):
    for top in range(0, x.shape[0] - f + 1, stride):
        for left in range(0, x.shape[1] - f + 1, stride):
            yield top // stride, left // stride, x[top:top + f, left:left + f]

def pool_forward(A_prev: np.ndarray, hparameters: dict[str, int], mode: str = "max") -> tuple:
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A: np.ndarray = np.full((m, (H - f) // stride + 1, (W - f) // stride + 1, C), np.nan)
    for a, x in zip(A, A_prev):
        for h, w, window in _windows(x, f, stride):
            a[h, w] = window.max((0, 1)) if mode == "max" else window.mean((0, 1))
    return A, (A_prev, hparameters)
""",
    "channels first inside, a transposed view out": """
        f, s = hparameters["f"], hparameters["stride"]
        X = A_prev.transpose(0, 3, 1, 2)
        n_H, n_W = (X.shape[2] - f) // s + 1, (X.shape[3] - f) // s + 1
        A = np.zeros(X.shape[:2] + (n_H, n_W))
        for h in range(n_H):
            for w in range(n_W):
                window = X[:, :, h * s:h * s + f, w * s:w * s + f].reshape(*X.shape[:2], -1)
                A[:, :, h, w] = window.max(axis=-1) if mode == "max" else window.mean(axis=-1)
        return A.transpose(0, 2, 3, 1), (A_prev, hparameters)
        """,
}

CONV_BACKWARD = {
    "vectorised, unpadded by the size": """
        A_prev, W, b, hparameters = cache
        s, pad, f = hparameters["stride"], hparameters["pad"], len(W)
        _, n_H, n_W, _ = dZ.shape
        X = zero_pad(A_prev, pad)
        dX, dW = np.zeros_like(X), np.empty_like(W)
        for p, q in itertools.product(range(f), repeat=2):
            place = np.s_[:, p:p + s * n_H:s, q:q + s * n_W:s]
            dX[place] += np.einsum("mhwn,cn->mhwc", dZ, W[p, q])
            dW[p, q] = np.einsum("mhwc,mhwn->cn", X[place], dZ)
        H, V = A_prev.shape[1:3]
        return dX[:, pad:H + pad, pad:V + pad], dW, np.sum(dZ, axis=(0, 1, 2)).reshape(b.shape)
        """,
    "pad:-pad with its own branch for 0": edited(
        "conv_backward",
        (
            "dA_prev[i, :, :, :] = da_prev_pad[pad:pad + n_H_prev, pad:pad + n_W_prev, :]",
            "dA_prev[i] = da_prev_pad[pad:-pad, pad:-pad, :] if pad > 0 else da_prev_pad",
        ),
    ),
    "`pad or None`, lists": edited(
        "conv_backward",
        (
            "da_prev_pad[pad:pad + n_H_prev, pad:pad + n_W_prev, :]",
            "da_prev_pad[pad:-pad or None, pad:-pad or None]",
        ),
        ("return dA_prev, dW, db", "return [dA_prev, dW, db]"),
    ),
    "inlined padding, np.add.at": edited(
        "conv_backward",
        ("zero_pad(A_prev, pad)", "np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))"),
        ("zero_pad(dA_prev, pad)", "np.zeros_like(A_prev_pad)"),
        ("db[:,:,:,c] += dz", "np.add.at(db, (0, 0, 0, c), dz)"),
    ),
    "all channels at once, a non-contiguous gradient": """
        A_prev, W, b, hparameters = cache
        s, pad, f = hparameters["stride"], hparameters["pad"], W.shape[1]
        X = zero_pad(A_prev, pad)
        dX, dW = np.zeros(X.shape, order="F"), np.zeros(W.shape)
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                place = (slice(None), slice(h * s, h * s + f), slice(w * s, w * s + f))
                dW += np.tensordot(X[place], dZ[:, h, w], axes=(0, 0))
                dX[place] += np.tensordot(dZ[:, h, w], W, axes=(1, 3))
        keep = np.arange(pad, pad + A_prev.shape[1])
        dA_prev = dX[:, keep][:, :, pad:pad + A_prev.shape[2]]
        return dA_prev, dW, dZ.sum((0, 1, 2), keepdims=True)
        """,
}

CREATE_MASK_FROM_WINDOW = {
    "np.equal": "return np.equal(x, x.max())",
    "greater or equal": "return x >= np.amax(x)",
    "not smaller": "return ~(x < np.max(x))",
    "np.isclose": "return np.isclose(x, np.max(x), rtol=0, atol=1e-12)",
    "a buffer of booleans and argmax": """
        mask = np.zeros(x.shape, dtype=bool)
        mask[np.unravel_index(np.argmax(x), x.shape)] = True
        return mask
        """,
    "np.where and bool": "return np.where(x == np.max(x), 1, 0).astype(bool)",
    "sorted, one by one": """
        largest = sorted(x.flatten())[-1]
        return np.array([[bool(value == largest) for value in row] for row in x])
        """,
    "a lambda": "create_mask_from_window = lambda window: window == window.max()",
}

DISTRIBUTE_VALUE = {
    "np.full": "return np.full(shape, dz / (shape[0] * shape[1]))",
    "np.prod": "return np.ones(shape) * dz / np.prod(shape)",
    "divided twice": "n_H, n_W = shape\nreturn np.ones((n_H, n_W)) * (dz / n_H / n_W)",
    "the size of the array": "a = np.empty(shape)\na.fill(dz / a.size)\nreturn a",
    "nested lists": "h, w = shape\nreturn np.array([[dz / (h * w) for _ in range(w)] for _ in range(h)])",
    "one entry at a time": """
        a = np.zeros(shape)
        for h in range(shape[0]):
            for w in range(shape[1]):
                a[h, w] = dz * (shape[0] * shape[1]) ** -1
        return a
        """,
    "a read-only view of one number": "return np.broadcast_to(dz / math.prod(shape), shape)",
    "functools.partial": (
        """
import functools

def _share(divide, dz, shape):
    return np.ones(shape) * divide(dz, shape[0] * shape[1])

distribute_value = functools.partial(_share, np.divide)
"""
    ),
}

POOL_BACKWARD = {
    "inlined mask and share": edited(
        "pool_backward",
        ("create_mask_from_window(a_prev_slice)", "(a_prev_slice == a_prev_slice.max())"),
        ("distribute_value(dA[i, h, w, c], shape)", "np.ones(shape) * dA[i, h, w, c] / f**2"),
    ),
    "only the place of the maximum": """
        A_prev, hparameters = cache
        s, f = hparameters["stride"], hparameters["f"]
        dA_prev = A_prev * 0
        for i, h, w, c in np.ndindex(*dA.shape):
            window = np.s_[i, h * s:h * s + f, w * s:w * s + f, c]
            if mode == "max":
                p, q = divmod(int(A_prev[window].argmax()), f)
                dA_prev[i, h * s + p, w * s + q, c] += dA[i, h, w, c]
            else:
                dA_prev[window] += dA[i, h, w, c] / f / f
        return dA_prev
        """,
    "vectorised over examples and channels": """
        A_prev, hparameters = cache
        s, f = hparameters["stride"], hparameters["f"]
        dA_prev = np.zeros_like(A_prev)
        for h in range(dA.shape[1]):
            for w in range(dA.shape[2]):
                place = np.s_[:, h * s:h * s + f, w * s:w * s + f]
                window, da = A_prev[place], dA[:, h:h + 1, w:w + 1]
                share = window == window.max(axis=(1, 2), keepdims=True) if mode == "max" else 1 / (f * f)
                dA_prev[place] += share * da
        return dA_prev
        """,
    "mode tested by its first letter, else instead of elif": edited(
        "pool_backward",
        ('if mode == "max":\n', 'if mode.lower().startswith("m"):\n'),
        ('elif mode == "average":', "else:"),
    ),
    "the cache unpacked by index": edited(
        "pool_backward", ("(A_prev, hparameters) = cache", "A_prev = cache[0]\n    hparameters = cache[-1]")
    ),
}

_BY_FUNCTION = {
    "zero_pad": ZERO_PAD,
    "conv_single_step": CONV_SINGLE_STEP,
    "conv_forward": CONV_FORWARD,
    "pool_forward": POOL_FORWARD,
    "conv_backward": CONV_BACKWARD,
    "create_mask_from_window": CREATE_MASK_FROM_WINDOW,
    "distribute_value": DISTRIBUTE_VALUE,
    "pool_backward": POOL_BACKWARD,
}


def _cells(function: str, given: str | tuple[str, ...]) -> tuple[str, ...]:
    """What was given as cells, or, if it is only the body of the function, the whole of it."""
    cells = given if isinstance(given, tuple) else (given,)
    whole = (f"def {function}(", f"{function} = ")
    return cells if any(start in cells[-1] for start in whole) else (written(function, cells[-1]),)


UNUSUAL = {
    (function, about): _cells(function, given)
    for function, answers in _BY_FUNCTION.items()
    for about, given in answers.items()
}
