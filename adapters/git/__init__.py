"""Git repositories behind the ports of the dry run and, in `changes`, of a release; through the ``git`` program."""

from adapters.git.address import AddressError as AddressError
from adapters.git.address import normalise as normalise
from adapters.git.address import redact as redact
from adapters.git.discovery import Checkout as Checkout
from adapters.git.discovery import discover as discover
from adapters.git.repositories import GitRepositories as GitRepositories
from adapters.git.repository import GitRepository as GitRepository

__all__ = ["AddressError", "Checkout", "GitRepositories", "GitRepository", "discover", "normalise", "redact"]
