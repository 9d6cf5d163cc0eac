-- What real compilers made of models, each time they were asked.

CREATE TABLE compiles (
    id INTEGER PRIMARY KEY,
    model_sha256 TEXT NOT NULL,
    prover TEXT NOT NULL,           -- the compiler as target files name it: xnnpack, litert-gpu, vela:ethos-u55-128
    at REAL NOT NULL,               -- when, in seconds since 1970
    said TEXT NOT NULL              -- JSON: {by, note, difference, ops: [[verdict, reason, by, [[subgraph, op], ...]], ...]}
);

CREATE INDEX compiles_by_model ON compiles (model_sha256);
