"""People: accounts, rights, stations, sign-in, lock, badge and PIN, electronic signatures."""
