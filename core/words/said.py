"""Said: the one door through which words reach a reader.

What the app says is written as templates, apart from the numbers that fill them. A second language is a function that
gives its template for ours; nothing else knows of languages. As in gettext, our own template is what a catalogue is
asked for, so nobody has to invent names of sentences.
"""

from collections.abc import Callable
from typing import Any

Language = Callable[[str], str]


def english(template: str) -> str:
    """The template as it is written in the source."""
    return template


_language: Language = english  # tests put another one here, to see that no word on the screen is a key


def language() -> Language:
    """The language that is spoken: what is remembered of words is remembered for it."""
    return _language


def said(template: str, /, **numbers: Any) -> str:
    """The template in the reader's language, filled with numbers by name as `str.format` does."""
    translated = _language(template)
    return translated.format(**numbers) if numbers else translated
