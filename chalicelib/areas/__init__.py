"""My area: the ward of a place, who speaks for it, and what is going on there."""
