"""Memory: how much of it the process may take, and who may take some now.

`budget` is how many bytes there are, `gate` what heavy work passes through, `caches` what is remembered as long as
there is room, `allocator` how memory goes back to the machine, `words` how work is refused. Imports words. What takes
more than a few megabytes reserves them at the gate first; a new cache of large things is one of `caches`.
"""
