"""The picture formats that are read, one module each: what a file's header says, and its pixels.

Pillow and OpenCV decode. What they would decode in part or comment on stderr is looked for before they get it.
"""
