"""The demo council: an invented town with its base map."""
