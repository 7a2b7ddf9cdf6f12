"""What the lectures say, a module or package for each lesson. A new claim is one decorated function here."""
