"""The vocabulary: what all other packages share, and what needs none of them. Most of it is pure."""
