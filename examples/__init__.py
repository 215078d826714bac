"""A sample class for trying out the course."""
