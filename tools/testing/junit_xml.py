"""Says in a JUnit XML file why a run failed, where its tests don't say so."""

from pathlib import Path
from xml.etree import ElementTree


def add_error(path: str, target: str, message: str) -> None:
    """Add an error to the file that a run wrote, or write it where the run didn't come so far."""
    root = read(Path(path))
    suite = root if root.tag == "testsuite" else root.find("testsuite")
    if suite is None:
        suite = ElementTree.SubElement(root, "testsuite", name="pytest")
    for count in ("tests", "errors"):
        suite.set(count, str(int(suite.get(count, "0")) + 1))
    case = ElementTree.SubElement(
        suite, "testcase", classname=target, name="runner", time="0"
    )
    first = message.partition("\n")[0]
    error = ElementTree.SubElement(case, "error", message=printable(first))
    error.text = printable(message)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def is_green(path: str) -> bool:
    """Return whether the file that a run wrote, if it did, names no failure."""
    root = read(Path(path))
    suites = [*root.iter("testsuite")]
    return bool(suites) and not any(
        int(suite.get(count, "0"))
        for suite in suites
        for count in ("errors", "failures")
    )


def read(path: Path) -> ElementTree.Element:
    """Return what the file holds, or an empty report."""
    try:
        return ElementTree.parse(path).getroot()  # noqa: S314  # pytest wrote it
    except FileNotFoundError, ElementTree.ParseError:
        return ElementTree.Element("testsuites")


def printable(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return "".join(
        (
            letter
            if letter.isprintable() or letter == "\n"
            else "\N{REPLACEMENT CHARACTER}"
        )
        for letter in text
    )
