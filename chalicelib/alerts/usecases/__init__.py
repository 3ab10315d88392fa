"""The use cases of subscriptions and alerts."""
