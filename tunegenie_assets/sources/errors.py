"""What can be wrong with a file from outside.

Every message is one line that a listener can act on: it names the file, what was found and what was expected.
Failures of the machine itself, such as a full disk, stay OSError.
"""

from __future__ import annotations


class SourceError(Exception):
    """A file from outside, or what was said about it, cannot be used."""


class UnknownFormatError(SourceError):
    """The content is of no format that can be read."""


class DamagedArchiveError(SourceError):
    """The archive is cut short or corrupt."""


class RefusedArchiveError(SourceError):
    """The archive is encrypted, or could harm the machine that opens it: unsafe paths, zip bombs."""


class InvalidRequestError(SourceError):
    """A listener name or a time zone given with an import is not valid."""


class LandingError(SourceError):
    """What landing holds contradicts what landing wrote."""
