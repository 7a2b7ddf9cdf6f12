"""What stands on the pages Map and Search in `map` and `search`, and the choice of knobs that both have in `knobs`.

Imports core, ui and lab. A new page of many networks is one file, named as the page.
"""
