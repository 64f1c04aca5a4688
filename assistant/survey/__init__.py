"""Answers about whole documents: an overview, a list, a count, the author.

``whole`` makes them; nothing is searched for, the texts are read off.
"""
