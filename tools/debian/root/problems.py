"""Names the ways in which a Debian root can't be made."""


class PreparationError(Exception):
    """A root can't be made, and the three parts say why and what to do."""

    def __init__(self, what: str, found: str, fix: str) -> None:
        """Hold what is wrong and where, found against wanted, and a mend."""
        super().__init__(what)
        self.what = what
        self.found = found
        self.fix = fix

    def __str__(self) -> str:
        """Return the three parts, one per line."""
        return f"{self.what}\n{self.found}\nFix: {self.fix}"
