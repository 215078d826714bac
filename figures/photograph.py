"""Write the photograph that the notebook shows: a small square crop of a public-domain portrait.

Matplotlib carries the portrait as sample data; the comment inside its JPEG file names the source.

Run as ``python -m figures.photograph`` from the root of the repository.
"""

from pathlib import Path

import h5py
import matplotlib.cbook as cbook
import numpy as np
from PIL import Image

TARGET = Path(__file__).parents[1] / "source" / "cnn-step-by-step" / "data" / "photograph.h5"
SIDE = 128
CROP = (62, 4, 466, 408)  # left, top, right, bottom: the face and the shoulders, square

ATTRIBUTES = {
    "title": "Grace M. Hopper, official U.S. Navy portrait",
    "source": "http://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg, "
    "by way of Matplotlib's sample data (grace_hopper.jpg); cropped and resized",
    "license": "Public domain: a photograph of the U.S. Navy, a work of the U.S. federal government",
}


def portrait() -> np.ndarray:
    """Return the portrait as a (SIDE, SIDE, 3) array of uint8."""
    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        square = image.convert("RGB").crop(CROP).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(square, dtype=np.uint8)


def main() -> None:
    """Write the HDF5 file, without timestamps, so that the same input gives the same bytes."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(TARGET, "w", track_order=False) as file:
        pixels = portrait()
        storage = {"chunks": pixels.shape, "compression": "gzip", "compression_opts": 9, "track_times": False}
        photograph = file.create_dataset("photograph", data=pixels, **storage)
        for name, value in ATTRIBUTES.items():
            photograph.attrs[name] = value
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
