"""The picture formats that are read, one module each: what a file's header says, and its pixels.

Containers are parsed here, with every length checked against the file; native code sees only data that was checked
before, since on damaged files it prints to stderr and returns pictures decoded in part.
"""
