"""Every type and name in every position, generated, imported and run; what cannot run is refused by name."""
