"""Scripts that draw the course's figures and make its data files."""
