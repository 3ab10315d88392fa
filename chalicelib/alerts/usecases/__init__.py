"""What is done with subscriptions and alerts: a function a verb."""
