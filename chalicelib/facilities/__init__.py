"""Where's my nearest: facilities of each kind, as they were published."""
