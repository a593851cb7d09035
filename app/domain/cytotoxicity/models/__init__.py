"""Curves through % lysis: the reported exponential and the models shown beside it. Not the reporting rule."""
