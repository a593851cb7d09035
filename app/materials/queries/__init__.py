"""What the pages of materials, equipment and places read, and who was touched by a lot or a machine."""
