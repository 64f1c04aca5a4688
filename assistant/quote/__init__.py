"""An answer in the documents' own words, or a refusal.

``verbatim.VerbatimAnswers`` is the list of its steps: which sentences may not answer (``person``,
``mismatch``, ``lacking``, ``echo``), what is known of the others (``features``), which are chosen
(``choose``), and whether that is an answer (``refuse``).
"""
