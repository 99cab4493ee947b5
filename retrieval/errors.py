"""The one exception family.

AnwenError              something went wrong that a person can be told about
├── InputError          a file or question that cannot be used as it is
│   ├── UnreadableFile  empty, binary, encrypted, truncated, scanned or too large
│   └── UnknownName     no document, clause or setting of that name
├── FetchFailed         an official page could not be had, or is not what was looked for
├── IndexMissing        no index has been built in this home, or it is damaged
├── IndexBusy           another process is writing the index
└── ConfigError         a setting or a shipped data file is wrong

Every class has a stable `code` for machines; the message is for people, in Chinese, and says
what went wrong, where, and what to do.
"""

from __future__ import annotations


class AnwenError(Exception):
    """Base of all errors that are reported to a person without a traceback."""

    code = "anwen_error"


class InputError(AnwenError):
    """A file or a question cannot be used as it is."""

    code = "input_error"


class UnreadableFile(InputError):
    """A file is empty, binary, encrypted, truncated, scanned or too large."""

    code = "unreadable_file"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}：{reason}")
        self.name = name
        self.reason = reason


class UnknownName(InputError):
    """No document, clause or setting has the name asked for."""

    code = "unknown_name"


class FetchFailed(AnwenError):
    """An official page could not be had, or is not what was looked for."""

    code = "fetch_failed"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}：{reason}")


class IndexMissing(AnwenError):
    """No usable index in this home."""

    code = "index_missing"


class IndexBusy(AnwenError):
    """Another process holds the writer's lock."""

    code = "index_busy"


class ConfigError(AnwenError):
    """A setting or a shipped data file is wrong."""

    code = "config_error"
