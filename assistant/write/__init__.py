"""An answer in a language model's words, each sentence checked before it is shown.

``written.WrittenAnswers`` is the list of its steps: ask (``prompt``), cut what comes into sentences
(``sentences``), keep what is supported (``draft``).
"""
