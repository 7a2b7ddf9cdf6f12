"""Cures: what may make a sick network learn, tried.

`remedies` are changes of a Config, `proposals` what they make of one that is sick, alone and in pairs, `trials` trains
that and says what became of it. Imports config, diagnosis, measuring, registry, sweeps and work. A new remedy is a
function in `remedies`.
"""
