"""Reference of the assignment `cnn-fast`."""
