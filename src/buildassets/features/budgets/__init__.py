"""Budgets: limits on the sizes of assets after gzip."""
