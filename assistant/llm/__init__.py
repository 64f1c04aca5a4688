"""Language models: an endpoint, a file in this process, an object of LlamaIndex.

``load.load_generator`` gives the one ``Generator`` that writes; the others are what it is made of.
"""
