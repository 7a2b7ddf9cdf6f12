"""Drawings of lessons, named as their page. Each is imported by the page that shows it."""
