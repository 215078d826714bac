"""From a learning management system and back: submissions in, grades and feedback out."""
