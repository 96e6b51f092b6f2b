"""Words for the operator and the author; `print` writes here too. Permission: none.

Bounded: what is too much is cut, and the cut is marked. Do not write what customers say.
"""

from . import _host


def trace(message: object) -> None:
    """Writes a line for whoever follows a run step by step."""
    _host.log.write(_host.log.Level.TRACE, str(message))


def debug(message: object) -> None:
    """Writes a line for the author."""
    _host.log.write(_host.log.Level.DEBUG, str(message))


def info(message: object) -> None:
    """Writes a line."""
    _host.log.write(_host.log.Level.INFO, str(message))


def warn(message: object) -> None:
    """Writes a line that somebody should look at."""
    _host.log.write(_host.log.Level.WARN, str(message))


def error(message: object) -> None:
    """Writes a line that somebody must look at."""
    _host.log.write(_host.log.Level.ERROR, str(message))
