"""The chat widget that other sites load: plain JavaScript and CSS, served as one script."""
