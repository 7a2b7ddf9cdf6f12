"""Train the map that the app begins with, and store it where the page Map finds it: `python -m core.sweeps`."""

from core.sweeps.stored import FILE, first_map, store

if __name__ == "__main__":
    store(first_map(), FILE)
