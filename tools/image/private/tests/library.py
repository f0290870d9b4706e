"""A module that starts nothing."""
