"""What stands on the pages Map, Search and Claims in `map`, `search` and `claims`, and the choice of knobs that the
first two have in `knobs`.

Imports core, ui, its jobs and lab. A new page of many networks is one file, named as the page.
"""
