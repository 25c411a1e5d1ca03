"""Stand-ins for the platforms Lắng Nghe talks to, strict where the platforms are strict."""
