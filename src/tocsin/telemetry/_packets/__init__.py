"""What the reader of packet captures is made of: ``capture`` turns the bytes of a file into rows.

A piece of a capture becomes ``Frames``, these become ``Packets``, and these become flows and what was said in them.
Headers are read column by column in NumPy, many packets at once; only packets that say something of DNS, TLS, HTTP,
SMTP or SSH are looked at one by one. Nothing here is imported before a capture is read.
"""
