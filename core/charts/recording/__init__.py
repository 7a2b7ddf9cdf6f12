"""The registered charts of a Recording. A new chart is one decorated function in one file here."""
