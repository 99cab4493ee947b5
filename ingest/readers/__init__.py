"""One reader a file format, chosen by extension and first bytes: a file in, its text out."""

from ingest.readers.choose import SUFFIXES, RawText, read_file

__all__ = ["SUFFIXES", "RawText", "read_file"]
