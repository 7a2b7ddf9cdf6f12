"""Drawings of lessons, one module or package a lesson, named as its page, which imports it.

Imports the kit of charts; of experiments only the names of types, and examples when a test asks for them. A new drawing
is one decorated function in the file of its lesson.
"""
