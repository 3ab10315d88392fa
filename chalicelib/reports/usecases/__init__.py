"""What can be done with reports: one function a verb."""
