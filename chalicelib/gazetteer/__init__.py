"""From words to points: streets, places and postcodes."""
