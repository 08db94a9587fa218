"""The only room that writes SQL: tables, the transaction, and one module of plain statements per noun."""
