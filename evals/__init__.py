"""How good it is, as a number. May use bot, ingest and retrieval; reaches the API over HTTP only."""
