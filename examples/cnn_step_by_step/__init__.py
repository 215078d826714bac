"""The sample class of cnn-step-by-step."""
