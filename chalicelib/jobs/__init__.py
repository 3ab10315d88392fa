"""Jobs of crews: what is to be done in the street, planned by the office, told by the crews."""
