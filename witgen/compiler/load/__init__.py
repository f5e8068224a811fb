"""From a path to resolved packages and a world: what every command begins with."""
