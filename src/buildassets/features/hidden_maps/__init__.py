"""Hidden source maps: beside a release, where whoever serves it has none, for a service that reports errors."""
