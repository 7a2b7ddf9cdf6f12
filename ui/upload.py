"""Upload: the visitor's own table. Its file, its target and its features, and what was understood of them.

The sidebar has no control for the field `table`: it is set here, whenever the visitor changes one of these three. A
link or the back button may set it to something else; then the file lies here unused, until the visitor says so.
"""

from typing import Any

import streamlit as st

from core.datasets import DataUnavailable
from core.datasets.csv_file import MOST_BYTES, Sheet, TableError, read_sheet
from core.datasets.samples import Table
from core.datasets.uploads import keep, recall, table_of
from core.datasets.words import summary
from core.words.said import said, why
from ui.missing import offer_other_data
from ui.show import plain
from ui.sidebar import put, settings

FILE = "upload_file"
FIELD = "table"
LISTED = 5  # columns that are left out are listed up to so many
HELP = (
    "Text in UTF-8 with the names of the columns in its first line, at most {megabytes} MB. It stays in the "
    "memory of this server, and a link to it works until the server forgets it."
)


def upload() -> None:
    """Ask for a file and how to use it, and say what was understood, wherever the data set is the visitor's own."""
    if not settings().matters(FIELD):
        return
    with st.container(border=True):
        megabytes = MOST_BYTES // 10**6
        file = st.file_uploader(
            said("Your table (CSV)"),
            "csv",
            key=FILE,
            on_change=_take,
            max_upload_size=megabytes,
            help=said(HELP, megabytes=megabytes),
        )
        known, refused = _known(), False
        try:
            if file is not None:
                _choose(_read(file), known)
        except TableError as problem:
            st.error(plain(said(why(problem))), icon=":material/error:")
            refused = True
        if isinstance(known, Table):
            st.caption(plain(said("In use: {summary}", summary=summary(known))))
            return
        if not refused:
            say = st.error if settings().table else st.info
            say(plain(said(why(known))), icon=":material/upload_file:")
        offer_other_data(settings())


def _known() -> Table | DataUnavailable:
    """The table of the settings, or why it is not here."""
    try:
        return recall(settings().table)
    except DataUnavailable as problem:
        return problem


def _choose(sheet: Sheet, known: Table | DataUnavailable) -> None:
    """The controls of target and features. Raises TableError where these choices make no table."""
    left, right = st.columns([1, 2])
    names, (target, chosen) = sheet.names, _choices(sheet)
    left.selectbox(
        said("Target"),
        names,
        names.index(target),
        key=_target_key(sheet),
        on_change=_take,
        help=said("The column to predict. Texts and a few whole numbers are classes, other numbers a regression."),
    )
    possible = sheet.features(target)
    right.multiselect(
        said("Features"),
        possible,
        key=_features_key(sheet, target),
        on_change=_take,
        placeholder=said("All {count:,} columns of numbers", count=len(possible)),
        help=said("The columns to predict it from: all that hold numbers, unless you choose some."),
    )
    if others := sheet.left_out(target):
        st.caption(plain(_left_out(others)))
    if not isinstance(known, Table) or known.digest != sheet.digest_of(target, chosen):
        table_of(sheet, target, chosen)
        st.button(said("Use this file"), icon=":material/upload_file:", on_click=_take)


def _left_out(others: list[str]) -> str:
    listed, more = ", ".join(others[:LISTED]), len(others) - LISTED
    if more <= 0:
        return said("Left out, as they hold more than numbers: {listed}.", listed=listed)
    return said("Left out, as they hold more than numbers: {listed} and {more:,} more.", listed=listed, more=more)


def _take() -> None:
    """Let the settings name the table that the controls describe; none where they describe none."""
    file = st.session_state.get(FILE)
    try:
        sheet = _read(file) if file is not None else None
        put(FIELD, keep(table_of(sheet, *_choices(sheet))) if sheet is not None else "")
    except TableError:  # said when the page is drawn
        put(FIELD, "")


def _read(file: Any) -> Sheet:
    """The columns of the uploaded file. Raises TableError."""
    with st.spinner(said("Reading the file …")):
        return _sheet(file, file.file_id)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _sheet(_file: Any, file_id: str) -> Sheet:
    """The columns of the uploaded file. Raises TableError."""
    return read_sheet(_file.getvalue(), _file.name)


def _choices(sheet: Sheet) -> tuple[str, list[str]]:
    """Target and features as the controls say; before they are drawn, the likely target and all features."""
    target = st.session_state.get(_target_key(sheet), sheet.likely_target)
    return target, st.session_state.get(_features_key(sheet, target), [])


def _target_key(sheet: Sheet) -> str:
    return f"upload_target_{sheet.digest}"


def _features_key(sheet: Sheet, target: str) -> str:
    return f"upload_features_{sheet.digest}_{target}"
