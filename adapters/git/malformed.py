"""The error for Git objects that do not have their format."""


class MalformedObjectError(ValueError):
    """An object that Git would refuse to use, or that is too large to be walked; the text says why."""
