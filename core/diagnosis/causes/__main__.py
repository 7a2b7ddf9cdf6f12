"""Train the map that the app begins with, and ask the doctor of its networks: `python -m core.diagnosis.causes`.

Both are stored where the page Map finds them.
"""

from core.diagnosis.causes.stored import FILE, store
from core.sweeps import stored

if __name__ == "__main__":
    store(stored.first_map(), stored.FILE, FILE)
