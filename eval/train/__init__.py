"""How what the assistant was taught was made: its coefficients (``fit``) and its reader
(``distil_reader``, ``fit_gate``), with the documents and questions written for that beside it.

Nothing here is needed to use it, or to measure it on cases.
"""
