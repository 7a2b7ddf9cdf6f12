"""Drawings of lessons, one module or package a lesson, named as its page, which imports it.

What is said beside a drawing, and what its choices are called, stands with it. Imports the kit of charts and what is
below; of its experiment only types and constants, and examples when a test asks for them. A new drawing is one
decorated function in the file of its lesson.
"""
