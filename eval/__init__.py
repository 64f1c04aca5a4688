"""Measures an assistant on cases: questions with what a right answer rests on.

``cases`` -> ``run`` (asks and scores) -> ``compare`` with a baseline, ``report`` to read.
"""
