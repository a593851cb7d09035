"""The last metre: dose orders, dose confirmation, the bedside check and the infusion of each bag."""
