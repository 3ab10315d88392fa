"""What officers do at the desk: each function is one action."""
