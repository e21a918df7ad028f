"""The configured registry of npm packages: its URL, its credentials, and its answers."""
