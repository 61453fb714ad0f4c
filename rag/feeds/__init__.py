"""Documents that come by themselves, into the library: what is fetched, what a folder holds."""
