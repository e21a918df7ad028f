"""Files and folders: reading with limits, locks, archives, compression, and the one door to removing and replacing."""
