"""What people decided about the kit's proposals."""
