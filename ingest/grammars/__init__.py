"""One small grammar a family of documents: lines in, places where provisions open out."""
