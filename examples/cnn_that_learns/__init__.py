"""The sample class of cnn-that-learns."""
