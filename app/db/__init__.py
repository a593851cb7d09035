"""The database: types, tables, engine, transactions and triggers. Not the rules: those are `app.domain`."""
