"""Signing in, staying signed in, and signing out: one function for each action."""
