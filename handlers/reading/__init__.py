"""What people type, read as what they mean; what can't be read for sure is None."""
