"""Reference of the assignment `cnn-step-by-step`."""
