"""Watches of projects, and the commands that run next to them."""
