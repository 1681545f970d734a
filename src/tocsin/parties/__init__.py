"""Who is who: parties, their networks, and who is responsible for an address."""
