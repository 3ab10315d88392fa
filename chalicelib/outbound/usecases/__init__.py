"""What can be done with deliveries: one function a verb."""
