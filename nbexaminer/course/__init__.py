"""A course folder of nbgrader's: preprocessors, gradebook, cells, lint."""
