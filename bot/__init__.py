"""The shell: whatever waits, talks or starts."""
