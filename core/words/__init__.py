"""Words: what the app calls things, and numbers as text.

`glossary` has every term in one sentence, `numbers` writes a number for a reader, `said` is the door through which all
words go, where a second language would be chosen. Imports nothing of the project. A new term is one entry of the
glossary; a new way to write numbers is a function in `numbers`; an error that visitors read holds a Sentence of `said`,
whose template stands in the words of its room.
"""
