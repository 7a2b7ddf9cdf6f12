"""What is said of memory: where there is none, and of a budget that cannot be read."""

NO_BUDGET = '{variable} must be a number of bytes, or one with a unit such as "600 MB"; got {value!r}'
NEVER = "This needs about {needs:,} MB of memory, and the server has {most:,} MB for it."
BUSY = (
    "This needs about {needs:,} MB of memory, which other work of this server has taken. "
    "Try again in a moment, or make the network smaller."
)
