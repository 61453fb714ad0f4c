"""Documents that come by themselves: from the web, from a folder that is watched."""
