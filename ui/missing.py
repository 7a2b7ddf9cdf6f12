"""Missing: what the pages say and offer where the data of the settings cannot be had."""

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable, datasets
from core.datasets.uploads import recall
from core.words.said import said, why
from ui.show import plain
from ui.sidebar import use
from ui.teaching import hidden


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
