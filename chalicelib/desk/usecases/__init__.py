"""The actions of officers at the desk: each function is one action."""
