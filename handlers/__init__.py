"""The mind: pure conversation, tickets and forms. Values in, values out."""
