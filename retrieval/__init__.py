"""A question → ranked clauses of the right date. Imports nothing of ours but itself."""
