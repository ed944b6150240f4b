"""Pure: what signing a credential takes. Knows no database and no network; who may sign is issuers.keys' matter."""
