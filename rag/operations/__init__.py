"""For those who keep Sourcier running: backup, restore, doctor."""
