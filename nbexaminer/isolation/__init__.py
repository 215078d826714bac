"""The sandbox around students' code, and everything that speaks across it."""
