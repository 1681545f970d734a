"""What the reader of packet captures is made of: from bytes of a file to rows, one layer a file.

A piece of a capture becomes ``Frames`` (frames.py), these become ``Packets`` (layers.py and what it calls), and these
become flows (flows.py) and what was said in them (talks.py). Headers are read column by column in NumPy; only packets
that say something of DNS, TLS, HTTP, SMTP or SSH are looked at one by one.
"""
