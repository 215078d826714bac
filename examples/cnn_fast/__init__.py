"""The sample class of cnn-fast."""
