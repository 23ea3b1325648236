/** The schema that this code reads and writes; stored in the file's `user_version`. */
export const schemaVersion = 1;

/** Marks the file as Baton's, in its `application_id`: the letters BTON. */
export const applicationId = 0x42544f4e;

/**
 * One row for each run: the document as JSON text, and beside it only what is indexed. A partial index holds a run only
 * while the run is in that state, so that the index of a million final runs costs a commit nothing. `status` is indexed
 * only while a run is not active: active runs are few, and change it most.
 */
export const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  status TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  lane TEXT,
  sort_time INTEGER,
  due_at INTEGER,
  pending_task TEXT,
  finished_at INTEGER,
  batch_id TEXT,
  parent_run_id TEXT,
  document TEXT NOT NULL,
  payload TEXT,
  output TEXT
);
CREATE INDEX runs_by_creation ON runs (created_at, id);
CREATE INDEX runs_by_task ON runs (task_id, created_at, id);
CREATE INDEX runs_by_status ON runs (status, created_at, id) WHERE is_active = 0;
CREATE INDEX runs_by_batch ON runs (batch_id, created_at, id) WHERE batch_id IS NOT NULL;
CREATE INDEX runs_by_parent ON runs (parent_run_id, created_at, id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_active ON runs (created_at, id) WHERE is_active = 1;
CREATE INDEX runs_by_lane ON runs (lane, sort_time, id) WHERE lane IS NOT NULL;
CREATE INDEX runs_due ON runs (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX runs_pending ON runs (pending_task, created_at, id) WHERE pending_task IS NOT NULL;
CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE run_tags (
  tag TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (tag, created_at, id)
) WITHOUT ROWID;

CREATE TABLE texts (
  run_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, kind)
);

CREATE TABLE versions (hash TEXT PRIMARY KEY, version TEXT NOT NULL UNIQUE, document TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE keys (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX keys_by_expiry ON keys (expires_at);

CREATE TABLE logs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  entries TEXT NOT NULL
);
CREATE INDEX logs_by_run ON logs (run_id, number);
CREATE INDEX logs_by_time ON logs (last_at);
`;
