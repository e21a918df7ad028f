"""How fast this project is, and how fast others are: `python -m benchmarks --help`."""
