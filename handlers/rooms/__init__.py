"""What a person can be doing: each room shows a prompt and answers what is done in it."""
