"""Write the pictures of clothes that part three learns from: a balanced part of Fashion-MNIST.

The four files of the original are read from a folder as they were published (Debian: the package
dataset-fashion-mnist puts them into /usr/share/datasets/fashion-mnist).

Run as ``python -m figures.clothes FOLDER`` from the root of the repository.
"""

import gzip
import sys
from pathlib import Path

import h5py
import numpy as np

TARGET = Path(__file__).parents[1] / "source" / "cnn-fast" / "data" / "clothes.h5"
NAMES = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
PARTS = {"train": ("train", 1000), "test": ("t10k", 200)}  # our name: (theirs, images of each class)

ATTRIBUTES = {
    "title": "Fashion-MNIST: of each class the first 1,000 training and 200 test images, in their order",
    "source": "https://github.com/zalandoresearch/fashion-mnist (Xiao, Rasul, Vollgraf, arXiv:1708.07747)",
    "license": "MIT License, Copyright (c) 2017 Zalando SE, https://tech.zalando.com",
}


def read(path: Path) -> np.ndarray:
    """Return the array in a gzipped IDX file of bytes: 3 bytes, the rank, the lengths, the content."""
    data = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def balanced(images: np.ndarray, labels: np.ndarray, of_each: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first images of each class with their labels, in the order in which they stand."""
    chosen = np.sort(np.concatenate([np.flatnonzero(labels == k)[:of_each] for k in range(len(NAMES))]))
    return images[chosen], labels[chosen]


def main(folder: Path) -> None:
    """Write the HDF5 file, without timestamps, so that the same input gives the same bytes."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    storage = {"compression": "gzip", "compression_opts": 9, "track_times": False}
    with h5py.File(TARGET, "w", track_order=False) as file:
        for name, (theirs, of_each) in PARTS.items():
            images = read(folder / f"{theirs}-images-idx3-ubyte.gz")
            labels = read(folder / f"{theirs}-labels-idx1-ubyte.gz")
            images, labels = balanced(images, labels, of_each)
            file.create_dataset(f"{name}_images", data=images, chunks=(1000, 28, 28), **storage)
            file.create_dataset(f"{name}_labels", data=labels, **storage)
        file.attrs["names"] = NAMES
        for key, value in ATTRIBUTES.items():
            file.attrs[key] = value
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
