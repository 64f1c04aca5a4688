"""The reader: a network that reads what was found closely. Weights beside it; needs torch.

``reader.PackagedReader`` is what others use.
"""
