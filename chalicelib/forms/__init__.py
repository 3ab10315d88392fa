"""The flows without JavaScript: plain HTML forms, one thing a page, nothing kept in between."""
