"""Draws how a project stands, as a picture for a README."""

from pathlib import Path
from typing import NamedTuple

import jinja2

from tools.project_status.projects import Project

TEMPLATES = Path(__file__).parent / "templates"
GOOD, BAD, PLAIN = "#2e7d32", "#c62828", "#455a64"
# Pixels of a letter, which the picture's text is then stretched to, whatever the font is.
LETTER = 6.5
PADDING = 6


class Part(NamedTuple):
    """One field of a badge."""

    text: str
    color: str
    left: float
    width: float


def fields_of(project: Project) -> list[tuple[str, str]]:
    """Return the texts of a badge, each with its color."""
    failed = len(project.failed)
    tests = f"{failed} failed" if failed else f"{project.passed} passed"
    fields = [(project.name, PLAIN), (tests, BAD if failed else GOOD)]
    if project.totals.lines.of:
        color = GOOD if project.is_covered else BAD
        fields.append((project.totals.lines.text, color))
    fields += [(plan.digest[7:19], PLAIN) for plan in project.images]
    return fields


def draw_badge(project: Project) -> str:
    """Return the badge of a project, as SVG."""
    parts: list[Part] = []
    left = 0.0
    for text, color in fields_of(project):
        parts.append(Part(text, color, left, len(text) * LETTER + 2 * PADDING))
        left += parts[-1].width
    template = (TEMPLATES / "badge.svg").read_text(encoding="utf-8")
    page = jinja2.Template(template, autoescape=True, undefined=jinja2.StrictUndefined)
    return f"{page.render(parts=parts, width=left, padding=PADDING)}\n"
