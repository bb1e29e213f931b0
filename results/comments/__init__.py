"""What people wrote: gathered into pools, masked, released at closing. Apart from scores all the way."""
