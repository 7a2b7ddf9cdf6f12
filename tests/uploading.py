"""Uploading: what tests do with a file on a page, and what they see of it."""

from typing import Any

from screen import healthy
from streamlit.testing.v1 import AppTest


def upload(app: AppTest, content: bytes, name: str = "mine.csv") -> AppTest:
    (uploader,) = app.file_uploader
    return healthy(uploader.set_value((name, content, "text/csv")).run())


def box(app: AppTest, label: str) -> Any:
    (found,) = [widget for widget in (*app.selectbox, *app.multiselect) if widget.label == label]
    return found


def in_use(app: AppTest) -> list[str]:
    return [c.value.removeprefix("In use\\: ") for c in app.caption if c.value.startswith("In use")]


def errors(app: AppTest) -> list[str]:
    return [error.value for error in app.error]


def labels(app: AppTest) -> list[str]:
    return [group.label for group in app.get("button_group") if "upload" in (group.key or "")]


def choice(app: AppTest, label: str) -> Any:
    (found,) = [group for group in app.get("button_group") if group.label == label]
    return found
