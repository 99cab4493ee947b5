"""A conversation → a checked answer. May use ingest and retrieval."""
