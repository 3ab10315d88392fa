"""The use cases of subscriptions and alerts: one function for each verb."""
