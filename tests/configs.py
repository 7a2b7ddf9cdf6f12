"""Configs: the fields of a Config, one by one, and their defaults."""

import pytest

from core import Config

FIELDS = Config.fields()
DEFAULT = Config()

each_field = pytest.mark.parametrize("name", FIELDS)
