-- Lints that a person does not want to hear of a model again. The path is absolute, so that a model that is exported
-- again keeps what was silenced.

CREATE TABLE silenced (
    model_path TEXT NOT NULL,
    lint TEXT NOT NULL,
    at REAL NOT NULL,               -- when, in seconds since 1970
    PRIMARY KEY (model_path, lint)
);
