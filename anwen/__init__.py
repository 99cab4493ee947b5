"""The door: settings, wiring and the command line. May use everything; nothing imports it."""
