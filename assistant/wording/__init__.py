"""What English wording shows: names, numbers, times, negation. Pure; rules for any text.

Questions, documents and what a language model wrote are all looked at with these. They know none
of the three.
"""
