"""What stands on a label, in millimetres and words. Not how it is drawn: that is `app.labels.drawing`."""
