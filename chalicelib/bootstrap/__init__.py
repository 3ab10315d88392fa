"""Composition root: the settings and the council's document become each slice's ports."""
