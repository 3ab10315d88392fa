"""Jobs of crews: work on site, planned by the office and reported by the crews."""
