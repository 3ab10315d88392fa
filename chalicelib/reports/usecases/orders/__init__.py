"""What becomes of a request's order: placed, settled, moved, cancelled."""
