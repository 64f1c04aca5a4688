"""A message, and the conversation before it, to the questions that it asks.

``question.understand`` and ``followup.in_conversation`` give the ``Question`` that is searched for.
Nothing here has seen a passage, but for ``thing``, which looks at the headings of what was found.
"""
