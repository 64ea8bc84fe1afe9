"""The simulator: seeded, one thread, a fake clock, a world with a fault script, consoles on real stores."""
