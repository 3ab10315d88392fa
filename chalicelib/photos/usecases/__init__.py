"""What can be done with photos: ask for an upload, fetch one, take it in, look at it, sweep."""
