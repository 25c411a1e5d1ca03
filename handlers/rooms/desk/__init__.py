"""The rooms of the desk: the queue, a case's card, doing something, the office."""
