"""Sample classes for trying out the course, one for each assignment."""
