"""Upload: the visitor's own table. Its file, its target and its features, and what was understood of them.

The sidebar has no control for the field `table`: it is set here, whenever the visitor changes one of these three. A
link or the back button may set it to something else; then the file lies here unused, until the visitor says so.

What else has to be known of a file is asked only where the file leaves it open: whether its first line holds names, and
what becomes of rows that miss a value.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.datasets import DataUnavailable
from core.datasets.columns import MOST_KINDS
from core.datasets.csv_file import Layout, layout_of, most_bytes, read_sheet
from core.datasets.samples import Table, TableError
from core.datasets.sheets import DROP, FILL, Sheet
from core.datasets.uploads import SMALL_ROWS, check_room, keep, owners_are, recall, table_of
from core.datasets.words import SMALL, summary
from core.words.said import said, why
from ui.missing import offer_other_data
from ui.show import plain
from ui.sidebar import put, settings

FILE = "upload_file"
FIELD = "table"
ENDINGS = ["csv", "tsv", "txt", "data", "xlsx"]
LISTED = 5  # columns that are left out are listed up to so many
HELP = (
    "Text with commas, semicolons or tabs between the values, or an Excel workbook, at most {megabytes} MB. It stays "
    "in the memory of this server, and a link to it works until the server forgets it."
)
FIRST_LINE = {True: "Names", False: "Values"}
GAPS = {DROP: "Drop the row", FILL: "Fill with the median"}


class TableChoices(NamedTuple):
    """What the controls say of a file."""

    target: str
    features: list[str]
    missing: str


def _visitor() -> str:
    """The session whose page is being drawn."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


owners_are(_visitor)


def upload() -> None:
    """Ask for a file and how to use it, and say what was understood, wherever the data set is the visitor's own."""
    if not settings().matters(FIELD):
        return
    with st.container(border=True):
        megabytes = min(most_bytes() // 10**6, st.get_option("server.maxUploadSize"))
        file = st.file_uploader(
            said("Your table (CSV or Excel)"),
            ENDINGS,
            key=FILE,
            on_change=_take,
            max_upload_size=megabytes,
            help=said(HELP, megabytes=megabytes),
        )
        known, refused = _known(), False
        try:
            if file is not None:
                _choose(file, known)
        except TableError as problem:
            st.error(plain(said(why(problem))), icon=":material/error:")
            refused = True
        if isinstance(known, Table):
            _say_in_use(known)
            return
        if not refused:
            say = st.error if settings().table else st.info
            say(plain(said(why(known))), icon=":material/upload_file:")
        offer_other_data(settings())


def _say_in_use(table: Table) -> None:
    small = said(SMALL) if len(table.inputs) < SMALL_ROWS else ""
    st.caption(plain(f"{said('In use: {summary}', summary=summary(table))} {small}".rstrip()))


def _known() -> Table | DataUnavailable:
    """The table of the settings, or why it is not here."""
    try:
        return recall(settings().table)
    except DataUnavailable as problem:
        return problem


def _choose(file: Any, known: Table | DataUnavailable) -> None:
    """The controls of a file. Raises TableError where what they say makes no table."""
    layout = _read(file)
    if not layout.sure:
        st.segmented_control(
            said("The first line holds"),
            list(FIRST_LINE),
            default=layout.names_first,
            format_func=lambda names: said(FIRST_LINE[names]),
            key=_key(file.file_id, "names"),
            on_change=_take,
            required=True,
            help=said("Here: {values}", values=plain(", ".join(layout.names[:LISTED]))),
        )
    sheet = _sheet(file, file.file_id, _names_first(file, layout))
    chosen = _choices(sheet)
    _choose_columns(sheet, chosen)
    if sheet.gaps(chosen.target, chosen.features):
        st.segmented_control(
            said("Where a value is missing"),
            list(GAPS),
            default=chosen.missing,
            format_func=lambda missing: said(GAPS[missing]),
            key=_key(sheet.digest, "missing", chosen.target),
            on_change=_take,
            required=True,
            help=said("Filled gaps are marked in a column of their own, 1 where the value is missing."),
        )
    notes = [*map(said, sheet.notes), *_left_out(sheet.left_out(chosen.target))]
    if notes:
        st.caption(plain(" ".join(notes)))
    if not isinstance(known, Table) or known.digest != sheet.digest_of(*chosen):
        check_room(table_of(sheet, *chosen))
        st.button(said("Use this file"), icon=":material/upload_file:", on_click=_take)


def _choose_columns(sheet: Sheet, chosen: TableChoices) -> None:
    left, right = st.columns([1, 2])
    left.selectbox(
        said("Target"),
        sheet.names,
        sheet.names.index(chosen.target),
        key=_key(sheet.digest, "target"),
        on_change=_take,
        help=said("The column to predict. Texts and a few whole numbers are classes, other numbers a regression."),
    )
    possible = sheet.features(chosen.target)
    right.multiselect(
        said("Features"),
        possible,
        key=_key(sheet.digest, "features", chosen.target),
        on_change=_take,
        placeholder=said("All {count:,} columns that fit", count=len(possible)),
        help=said(
            "The columns to predict it from. Numbers and dates stay one column each; of texts with up to {most} kinds, "
            "each kind becomes a column that is 1 in its rows, else 0.",
            most=MOST_KINDS,
        ),
    )


def _left_out(others: list[str]) -> Iterator[str]:
    if not others:
        return
    listed, more = ", ".join(others[:LISTED]), len(others) - LISTED
    words = "Left out, as they hold one text or too many different ones: {listed}."
    many = "Left out, as they hold one text or too many different ones: {listed} and {more:,} more."
    yield said(many if more > 0 else words, listed=listed, more=more)


def _take() -> None:
    """Let the settings name the table that the controls describe; none where they describe none."""
    file = st.session_state.get(FILE)
    try:
        put(FIELD, _kept(file) if file is not None else "")
    except TableError:  # said when the page is drawn
        put(FIELD, "")


def _kept(file: Any) -> str:
    sheet = _sheet(file, file.file_id, _names_first(file, _read(file)))
    return keep(table_of(sheet, *_choices(sheet)))


def _read(file: Any) -> Layout:
    """How the uploaded file is laid out. Raises TableError."""
    with st.spinner(said("Reading the file …")):
        return _layout(file, file.file_id)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _layout(_file: Any, file_id: str) -> Layout:
    """How the uploaded file is laid out, without its text. Raises TableError."""
    return replace(layout_of(_file.getvalue()), text="")


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _sheet(_file: Any, file_id: str, names_first: bool) -> Sheet:
    """The columns of the uploaded file. Raises TableError."""
    return read_sheet(_file.getvalue(), _file.name, names_first)


def _names_first(file: Any, layout: Layout) -> bool:
    """What the control says of the first line; before it is drawn, what is likely."""
    said_so: bool = st.session_state.get(_key(file.file_id, "names"), layout.names_first)
    return said_so


def _choices(sheet: Sheet) -> TableChoices:
    """What the controls say; before they are drawn, what is likely."""
    target = st.session_state.get(_key(sheet.digest, "target"), sheet.likely_target)
    features = st.session_state.get(_key(sheet.digest, "features", target), [])
    if not sheet.gaps(target, features):
        return TableChoices(target, features, DROP)
    missing = st.session_state.get(_key(sheet.digest, "missing", target), sheet.likely_missing(target, features))
    return TableChoices(target, features, missing)


def _key(of: str, name: str, target: str = "") -> str:
    """The key of a control of a file or a sheet; what fits a target only has a key of its own for each."""
    return f"upload_{name}_{of}_{target}"
