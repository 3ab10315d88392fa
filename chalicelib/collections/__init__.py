"""Collections of household waste: which container is emptied on which day."""
