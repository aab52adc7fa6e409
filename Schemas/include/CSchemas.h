#pragma once

/// The text of an embedded SQL file by its path below `Schemas/` ("sql/0001_base.sql"), or NULL.
const char *schemas_text(const char *path);

/// The path of the embedded file at `index`, in the order of embedding, or NULL past the end.
const char *schemas_path(int index);
