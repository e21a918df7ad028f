"""Pictures without their pixels: what headers contain, which variants are made, and icons as symbols of sprites."""
