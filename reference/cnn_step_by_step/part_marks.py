"""What an answer earns whose idea is right and in which one known slip remains: one table for all exercises.

The share of the points goes to an answer that makes this mistake and no other. An instructor who gives no
part marks empties the table: `PART_MARKS = {}`. `make regrade` then brings graded work up to date.
"""

HALF = 0.5

PART_MARKS = {
    # The sum is right, the bias is not, or comes in an array.
    "bias-per-element": HALF,
    "size-one-array": HALF,
    # Right at stride 1: one slip in a corner, which is made once and repeated in every layer.
    "stride-ignored": HALF,
    "stride-ignored-down": HALF,
    "stride-ignored-across": HALF,
    "end-without-stride": HALF,
    # Right on square images.
    "width-from-height": HALF,
    "height-from-width": HALF,
    # The output is right, only what is kept for the way back is not.
    "cache-of-padded-input": HALF,
    "cache-of-output": HALF,
    "cache-forgotten": HALF,
    # Right, but to 7 digits.
    "single-precision": 1.0,
}


def share(mistake: str) -> float:
    """Return the share of the points, 0 to 1, for an answer with this mistake alone."""
    return PART_MARKS.get(mistake, 0.0)
