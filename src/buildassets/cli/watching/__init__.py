"""Watches of projects, and the commands that run beside them."""
