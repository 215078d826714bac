"""The commands of nbexaminer."""
