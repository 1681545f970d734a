"""NetFlow v5, v9 and IPFIX: packets, templates, and the records that they describe."""
