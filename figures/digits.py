"""Write the handwritten digits that the notebook learns from, with a fixed split, as one HDF5 file.

The 1,797 images are the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak,
1998, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0): 8 × 8 whole numbers from 0
to 16, each the number of inked pixels in a field of 4 × 4. The package scikit-learn carries them as
digits.csv.gz (65 columns: 64 pixels, row by row, and the digit), in sklearn/datasets/data/. Nothing else is
needed of it; with that file at hand, run ``python -m figures.digits digits.csv.gz`` from the root of the
repository.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

TARGET = Path(__file__).parents[1] / "source" / "cnn-that-learns" / "data" / "digits.h5"
HELD_OUT = 500
SEED = 0  # of the order in which the images stand in the file; the last HELD_OUT of them are held out

ATTRIBUTES = {
    "title": "Optical Recognition of Handwritten Digits (its test set, 1,797 images)",
    "authors": "E. Alpaydin, C. Kaynak (1998)",
    "source": "https://doi.org/10.24432/C50P49, by way of the package scikit-learn (digits.csv.gz); "
    "shuffled and split",
    "license": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
}


def main(table: str) -> None:
    """Write the HDF5 file, without timestamps, so that the same input gives the same bytes."""
    rows = np.loadtxt(table, delimiter=",", dtype=np.uint8)
    rows = rows[np.random.RandomState(SEED).permutation(len(rows))]
    images, digits = rows[:, :64].reshape(-1, 8, 8), rows[:, 64]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(TARGET, "w", track_order=False) as file:
        for name, values in {
            "train/images": images[:-HELD_OUT],
            "train/digits": digits[:-HELD_OUT],
            "test/images": images[-HELD_OUT:],
            "test/digits": digits[-HELD_OUT:],
        }.items():
            storage = {"chunks": values.shape, "compression": "gzip", "compression_opts": 9}
            file.create_dataset(name, data=values, track_times=False, **storage)
        file.attrs.update(ATTRIBUTES)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(images) - HELD_OUT} + {HELD_OUT} images")


if __name__ == "__main__":
    main(*sys.argv[1:])
