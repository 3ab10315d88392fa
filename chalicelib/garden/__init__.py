"""Garden waste subscriptions of premises."""
