"""Missing: what the pages say while the data of the settings are on their way, and offer where they cannot be had."""

from concurrent.futures import wait

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable, datasets
from core.datasets.downloads import Download
from core.datasets.uploads import recall
from core.networks.data import to_download
from core.words.said import said, why
from ui.show import plain
from ui.sidebar import use
from ui.teaching import hidden

GLANCE_SECONDS = 0.2


def lacks_table(config: Config) -> bool:
    """Whether these settings ask for a table that is not here. Then nothing can be trained, and `upload` says so."""
    if not config.matters("table"):
        return False
    try:
        recall(config.table)
    except DataUnavailable:
        return True
    return False


def unavailable(problem: DataUnavailable, config: Config) -> None:
    """Say what is wrong with the data, and offer others; nothing where the page has already asked for a table."""
    if not lacks_table(config):
        st.error(plain(said(why(problem))), icon=":material/cloud_off:")
        offer_other_data(config)


def offer_other_data(config: Config) -> None:
    """Offer data that can always be had, where data may be chosen."""
    if "dataset" in hidden():
        return
    default = Config().dataset
    st.button(said("Use {default}", default=default), on_click=use, args=(config.with_instead(dataset=default),))
    st.caption(said(datasets.help(default)))


def fetch_data(config: Config) -> None:
    """Show how far the download is that these settings need. What may go wrong with it, measuring will say."""
    download = to_download(config)
    if download is None:
        return
    bar = st.progress(0.0, said_of(download))
    attempt = download.begin()  # goes on if the visitor turns to other things
    while wait([attempt], GLANCE_SECONDS).not_done:
        bar.progress(download.arrived / download.megabytes, said_of(download))
    bar.empty()


def said_of(download: Download) -> str:
    """How far a download is, in words."""
    words = "Downloading {name}: {arrived:.0f} of {megabytes} MB"
    return said(words, name=download.name, arrived=download.arrived, megabytes=download.megabytes)


def first_words(config: Config, otherwise: str) -> str:
    """What is going on before there is anything to show: a download, where the data are not here yet."""
    download = to_download(config)
    return otherwise if download is None else said_of(download)
