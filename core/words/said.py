"""Said: the one door through which words reach a reader.

What the app says is written as templates, apart from the numbers that fill them. A second language is a function that
gives its template for ours; nothing else knows of languages. As in gettext, our own template is what a catalogue is
asked for, so nobody has to invent names of sentences.

What is known where nobody speaks yet, such as why something is refused, travels as a `Sentence`: errors hold one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

Language = Callable[[str], str]


def english(template: str) -> str:
    """The template as it is written in the source."""
    return template


_language: Language = english  # tests put another one here, to see that no word on the screen is a key


def language() -> Language:
    """The language that is spoken: what is remembered of words is remembered for it."""
    return _language


class Sentence(str):
    """A template with what fills it, to be said later; whoever takes it for text, such as a script, reads English."""

    template: str
    facts: Mapping[str, Any]

    def __new__(cls, template: str, /, **facts: Any) -> Self:
        """The template filled with facts by name, which may be Sentences themselves."""
        made = super().__new__(cls, template.format(**facts) if facts else template)
        made.template, made.facts = template, facts
        return made


def said(template: str, /, **facts: Any) -> str:
    """The template in the reader's language, filled with facts by name as `str.format` does; or a Sentence, likewise.

    Facts that are Sentences are said, too.
    """
    if isinstance(template, Sentence):
        return said(template.template, **template.facts)
    translated = _language(template)
    spoken = {name: said(fact) if isinstance(fact, Sentence) else fact for name, fact in facts.items()}
    return translated.format(**spoken) if spoken else translated


def counted(count: float, one: str, many: str, /, **facts: Any) -> str:
    """What is said of a count: the template for 1 of them, or that for any other number, in the reader's language."""
    return said(one if count == 1 else many, **facts)


def why(error: BaseException) -> Sentence:
    """What an error says. One that is not ours says it in a language of its own."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else Sentence("{problem}", problem=str(error))
