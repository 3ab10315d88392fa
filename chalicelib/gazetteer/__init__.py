"""Finds points for words: streets, places and postcodes."""
