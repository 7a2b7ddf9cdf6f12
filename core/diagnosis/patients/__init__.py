"""Patients: networks to look at, and to learn from what ails them.

`cases` have a name, a sentence and a link each: the patient of every rule, the classics, and a healthy one. `glimpse`
is what is seen of each at one look, stored in a file beside it. Without a name, drawn at random: `healthy` ones, `sick`
ones with a knob turned wrong, and the `ward`, where their cause is to be found. Imports array, config, datasets,
diagnosis, for rules and signs, and measuring, registry, training, words and work. A new case is one function in
`cases`; every new rule is one by itself. A new fault is one function in `sick`.
"""
