"""The use cases of photos: request an upload, fetch, process, view, sweep."""
