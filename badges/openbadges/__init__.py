"""Pure: Open Badges 3.0 documents, built, checked and baked. Contexts and schemas are pinned; nothing is fetched."""
