-- Timings. Times in µs, moments in seconds since 1970, sizes in bytes, shares of 1.

CREATE TABLE runs (
    id TEXT PRIMARY KEY,            -- a uuid4 in hex, unique for ever
    started REAL NOT NULL,
    status TEXT NOT NULL,           -- running, done, cancelled, failed, interrupted
    error TEXT,
    writer_pid INTEGER NOT NULL,    -- the process that measures, and when it began: a pid is used again
    writer_started REAL NOT NULL,

    model_name TEXT NOT NULL,
    model_path TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    model_bytes INTEGER NOT NULL,

    engine TEXT NOT NULL,
    threads INTEGER NOT NULL,
    shapes TEXT NOT NULL,           -- JSON: the shapes asked for, by input
    signature TEXT,
    preset TEXT NOT NULL,
    runtime_version TEXT,

    machine_name TEXT NOT NULL,
    machine_system TEXT NOT NULL,
    machine_cpu TEXT NOT NULL,
    machine_cores INTEGER NOT NULL,
    machine_bytes INTEGER NOT NULL,

    init_us REAL,
    first_us REAL,
    warmup_runs INTEGER,
    peak_rss_bytes INTEGER,
    flags TEXT NOT NULL,            -- JSON: [[id, reason], ...]
    notes TEXT NOT NULL,            -- JSON: sentences
    log TEXT NOT NULL,

    -- What the samples amount to, so that a history need not read them. NULL while it runs, and without samples.
    sample_count INTEGER,
    median_us REAL,
    ci95_low_us REAL,
    ci95_high_us REAL,
    mean_us REAL,
    p90_us REAL,
    min_us REAL,
    cv REAL,
    throughput_per_s REAL,

    -- NULL where the time of each op was not measured.
    ops_runs INTEGER,
    ops_explained REAL
);

CREATE INDEX runs_by_start ON runs (started);
CREATE INDEX runs_by_model ON runs (model_sha256, started);
CREATE INDEX runs_running ON runs (status) WHERE status = 'running';

-- One row for each batch as it was measured, so that a process that dies loses none before its last.
CREATE TABLE samples (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    batch INTEGER NOT NULL,
    wall_us BLOB NOT NULL,          -- little-endian float64, one for each run
    cpu_us BLOB NOT NULL,
    PRIMARY KEY (run_id, batch)
);

CREATE TABLE states (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    reading INTEGER NOT NULL,
    at REAL NOT NULL,
    others_cpu REAL,
    load REAL,
    frequency_mhz REAL,
    temperature_c REAL,
    on_battery INTEGER,
    available_bytes INTEGER NOT NULL,
    PRIMARY KEY (run_id, reading)
);

CREATE TABLE ops (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    subgraph INTEGER NOT NULL,
    indices TEXT NOT NULL,          -- JSON: the file's ops it ran
    type TEXT NOT NULL,
    us REAL NOT NULL,
    share REAL NOT NULL,
    macs INTEGER,
    executor TEXT NOT NULL,
    kernels TEXT NOT NULL,          -- JSON
    partition INTEGER,
    PRIMARY KEY (run_id, position)
);
