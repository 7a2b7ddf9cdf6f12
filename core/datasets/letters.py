"""Letters: the text of a visitor's file, whichever bytes stand for it, or what the file is instead.

UTF-8, and UTF-16 and UTF-32 by their mark or their zero bytes, are certain. Of older encodings charset-normalizer
tells which is likely; a wrong guess spells names wrongly and changes no number. It is said either way.

A Parquet file is not opened: it makes claims about its own size which only reading it tests, in a process that all
visitors share, where a few kilobytes can ask for gigabytes. Who has one can save it as CSV.
"""

import re

from charset_normalizer import from_bytes

from core.datasets import words
from core.datasets.samples import TableError
from core.words.said import Sentence

MARKS = {  # a longer mark stands before one that it begins with
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
ZEROS: dict[tuple[bool, ...], str] = {  # which of four bytes are mostly zero
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
OLDER = {
    "cp949": words.KOREAN,
    "cp932": words.SHIFT_JIS,
    "euc_jp": words.EUC_JP,
    "gb18030": words.CHINESE,
    "big5": words.BIG5,
    "cp1251": words.CYRILLIC,
    "cp1252": words.WESTERN,
}
OTHER_FILES = {  # by their first bytes
    b"\x89PNG": words.PNG,
    b"\xff\xd8\xff": words.JPEG,
    b"GIF8": words.GIF,
    b"%PDF": words.PDF,
    b"PK\x03\x04": words.ZIP,
    b"\xd0\xcf\x11\xe0": words.OLD_EXCEL,
    b"\x1f\x8b": words.GZIP,
    b"PAR1": words.PARQUET,
}
OTHER_TEXTS = {  # by how they begin
    r"\s*<(!doctype\s+html|html|head|body|table)\b": words.WEB_PAGE,
    r"\s*<(\?xml|[a-z!][^>]*>(?!\s*[\"']?[,;\t]))": words.XML,  # a name of a column may be written like a tag
    r'\s*(\{\s*"|\[\s*[\[{])': words.JSON,
}
ADVICE = {words.OLD_EXCEL: words.SAVE_IN_EXCEL, words.PARQUET: words.SAVE_WITH_PANDAS}
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # what no text has
SAMPLE = 60_000  # bytes from which an older encoding is guessed
WESTERN, FALLBACK = "cp1252", "latin-1"  # in the second each byte is a letter
ASCII, FEW_SIGNS = 128, 3


def text_of(content: bytes) -> tuple[str, Sentence | None]:
    """The text of a file, and what there is to say of its letters. Raises TableError."""
    for start, kind in OTHER_FILES.items():
        if content.startswith(start):
            raise TableError(other_file(kind))
    text, note = _decoded(content)
    if BINARY.search(text):
        raise TableError(other_file(words.BINARY_DATA))
    if not text.strip():
        raise TableError(Sentence(words.EMPTY))
    for beginning, kind in OTHER_TEXTS.items():
        if re.match(beginning, text[:SAMPLE], re.IGNORECASE):
            raise TableError(other_file(kind))
    return text, note


def other_file(kind: str) -> Sentence:
    """That a file is no CSV file, but this."""
    return Sentence(words.OTHER_FILE, kind=Sentence(kind), advice=Sentence(ADVICE.get(kind, words.A_CSV)))


def _decoded(content: bytes) -> tuple[str, Sentence | None]:
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    encoding = MARKS.get(mark) or _by_zeros(content)
    try:
        return content[len(mark) :].decode(encoding), None
    except UnicodeDecodeError as problem:
        if encoding != "utf-8":
            raise TableError(Sentence(words.BROKEN_TEXT)) from problem
        if b"\x00" in content:
            raise TableError(other_file(words.BINARY_DATA)) from problem
    return _older(content)


def _by_zeros(content: bytes) -> str:
    """The encoding of a text without a mark: one of 16 or 32 bits has its zero bytes in the same places."""
    start = content[: SAMPLE // 4 * 4]
    if b"\x00" not in start or len(start) % 2:
        return "utf-8"
    places = tuple(2 * start[place::4].count(0) > len(start[place::4]) for place in range(4))
    return ZEROS.get(places, "utf-8")


def _older(content: bytes) -> tuple[str, Sentence]:
    for encoding in [*_likely(content), WESTERN]:
        try:
            return content.decode(encoding), Sentence(words.OLDER, encoding=Sentence(OLDER[encoding]))
        except UnicodeDecodeError:
            continue
    return content.decode(FALLBACK), Sentence(words.OLDER, encoding=Sentence(OLDER[WESTERN]))


def _likely(content: bytes) -> list[str]:
    """Older encodings, the likeliest first. Signs of a kind or three, such as °, are no language to be told by."""
    lines, size = [], 0
    for line in content.splitlines():
        if not line.isascii() and size + len(line) <= SAMPLE:
            lines.append(line)
            size += len(line)
    sample = b"\n".join(lines)
    if len({byte for byte in sample if byte >= ASCII}) <= FEW_SIGNS:
        return []
    return [match.encoding for match in from_bytes(sample, cp_isolation=list(OLDER)) if match.encoding in OLDER]
