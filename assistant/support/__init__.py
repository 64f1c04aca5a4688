"""Whether the documents say what a written sentence says.

``check.Checker`` finds the sentences that it rests on (``align``) and compares the two: names and
numbers, who does what to whom, what turns the meaning round.
"""
