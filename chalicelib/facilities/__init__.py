"""Where's my nearest: the published facilities of each kind."""
