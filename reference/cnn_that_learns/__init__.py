"""Reference of the assignment `cnn-that-learns`."""
