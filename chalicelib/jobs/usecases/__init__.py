"""What is done with jobs: a function a verb."""
