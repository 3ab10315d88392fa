"""What people do to sign in, stay so, and sign out: one function a verb."""
