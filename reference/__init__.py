"""Solutions and known mistakes, one package an assignment. Never released to students."""
