"""What a site's robots.txt lets us read; a file that is absent or can't be read forbids nothing."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

ANSWERED = 512 * 1024  # bytes; what search engines read of it as well


def rules(content: bytes) -> RobotFileParser:
    """The rules in the content of a robots.txt."""
    found = RobotFileParser()
    found.parse(content.decode("utf-8-sig", "replace").splitlines())
    return found


def address(scheme: str, netloc: str) -> str:
    """Where the robots.txt of a site lies."""
    return f"{scheme}://{netloc}/robots.txt"
