"""Downloads: how far the data of some settings are on their way, said while a visitor waits for them."""

from contextlib import suppress
from threading import Thread

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable
from core.datasets.downloads import Download
from core.networks.data import to_download
from core.words.said import said

GLANCE_SECONDS = 0.2


def fetch_data(config: Config) -> None:
    """Show how far the download is that these settings need. What may go wrong with it, measuring will say."""
    download = to_download(config)
    if download is None:
        return
    bar = st.progress(0.0, said_of(download))
    thread = Thread(target=_try_to_load, args=(download,), daemon=True)  # goes on if the visitor turns to other things
    thread.start()
    while thread.is_alive():
        thread.join(GLANCE_SECONDS)
        bar.progress(download.arrived / download.megabytes, said_of(download))
    bar.empty()


def _try_to_load(download: Download) -> None:
    with suppress(DataUnavailable):
        download.load()


def said_of(download: Download) -> str:
    """How far a download is, in words."""
    words = "Downloading {name}: {arrived:.0f} of {megabytes} MB"
    return said(words, name=download.name, arrived=download.arrived, megabytes=download.megabytes)


def first_words(config: Config, otherwise: str) -> str:
    """What is going on before there is anything to show: a download, where the data are not here yet."""
    download = to_download(config)
    return otherwise if download is None else said_of(download)
