"""Check the claims of which no verdict is stored, and store it for the page Claims: `python -m core.claims`.

That is all of them where the file is deleted before; MNIST must then be at hand (see VITALS_DATA).
"""

from core.claims import claims, words
from core.claims.stored import FILE, store

if __name__ == "__main__":
    for name, checked in store(list(claims), FILE):
        print(name, words.VERDICTS[checked.finding.verdict] if checked.finding else checked.problem)
