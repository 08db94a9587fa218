"""The only room that writes SQL: tables, the transaction, and statements per noun."""
