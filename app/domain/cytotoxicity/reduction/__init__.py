"""From the wells of a plate to % specific lysis with its error and checks. No curve and no lytic unit yet."""
