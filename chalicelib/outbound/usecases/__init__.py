"""The use cases of deliveries and receivers."""
