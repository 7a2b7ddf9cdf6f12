"""Choices: what a user can choose by name, one registry a file, one decorated function an entry.

`activations` (with `phi`, one of them with its settings), `initializers`, `normalizations`, `losses`, `preprocessing`,
`optimizers`, `schedules`; `words` says what is known of an entry. Imports datasets, registry, words and torch, never a
Config: what an entry wants to be told, it asks for by the names of its parameters. A new choice is one function in the
file of its kind.
"""
