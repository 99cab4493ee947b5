"""A file → a tree of clauses → the index. May use retrieval, nothing else of ours."""
