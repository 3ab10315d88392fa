"""My area: the ward of a place, its councillors, and current works and reports."""
