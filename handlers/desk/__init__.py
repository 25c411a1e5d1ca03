"""The official's desk: who may do what to a case, and what doing it takes."""
