"""Every error that the project raises on purpose, for users to catch and to read.

    GroundedError                 catch this one
    ├── UsageError                the call is wrong: change what you gave          (exit code 2)
    │   ├── FolderError           no such folder, or nothing in it can be read
    │   ├── QuestionError         an empty or over-long question, or no passage asked for
    │   ├── SettingsError         an unknown key or a value out of range
    │   ├── FileRefusedError      a file that cannot be added to the folder or taken out of it
    │   ├── DocumentNotFoundError no document of that id in the index
    │   └── NoPageError           this page has no picture: read the text instead
    └── TroubleError              the call is right, something else is wrong       (exit code 3)
        ├── IndexBusyError        another process is writing: wait, or stop it
        ├── ReadOnlyIndexError    the index directory cannot be written to
        ├── DamagedIndexError     delete the index and sync again
        ├── ForeignIndexError     not an index, or of another program, version or model
        └── ModelError            a model is missing, altered or unsafe to load

Messages are one line: the thing, what was seen, what was expected, what to do next. They never
hold document text or keys, so that they can be shown and logged.
"""


class GroundedError(Exception):
    """Base of all. ``exit_code`` is what the command line ends with."""

    exit_code = 3


class UsageError(GroundedError):
    """The call is wrong: change what you gave."""

    exit_code = 2


class FolderError(UsageError):
    """No such folder, or nothing in it can be read."""


class QuestionError(UsageError):
    """An empty or over-long question, or one for less than one passage."""


class SettingsError(UsageError):
    """An unknown key, or a value out of range."""


class FileRefusedError(UsageError):
    """A file that cannot be added to the folder, or taken out of it."""


class DocumentNotFoundError(UsageError):
    """No document of that id in the index."""


class NoPageError(UsageError):
    """A page that cannot be shown as it looks; the text of the document is there all the same."""


class TroubleError(GroundedError):
    """The call is right, something else is wrong."""


class IndexBusyError(TroubleError):
    """Another process is writing: wait for it, or stop it."""


class ReadOnlyIndexError(TroubleError):
    """The index directory cannot be written to."""


class DamagedIndexError(TroubleError):
    """The index cannot be trusted any more: delete it and sync again."""


class ForeignIndexError(TroubleError):
    """Not an index, or one of another program, version or model."""


class ModelError(TroubleError):
    """A model is missing, altered, or unsafe to load."""
