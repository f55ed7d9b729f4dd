"""Real modules in and out: importers, the torch builder, and the counters of others.

The only room that imports torch, Keras, ONNX or a counter, and only inside functions or in modules that are loaded
when one of them is asked for.
"""
