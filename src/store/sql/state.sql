-- What the product keeps beside the facts: which loads there were, what they did, and what they refused.
CREATE TABLE load (
  load INTEGER NOT NULL, source VARCHAR NOT NULL, "at" TIMESTAMP NOT NULL, seconds DOUBLE,
  n_read BIGINT, n_new BIGINT, n_changed BIGINT, n_unchanged BIGINT, n_rejected BIGINT, n_skipped BIGINT, n_closed BIGINT);

CREATE TABLE load_count (
  load INTEGER NOT NULL, table_name VARCHAR NOT NULL, from_name VARCHAR,
  n_read BIGINT, n_new BIGINT, n_changed BIGINT, n_unchanged BIGINT, n_rejected BIGINT, n_skipped BIGINT, n_closed BIGINT);

CREATE TABLE rejected (
  load INTEGER NOT NULL, source VARCHAR NOT NULL, table_name VARCHAR NOT NULL, from_name VARCHAR, file VARCHAR, line BIGINT,
  reason VARCHAR NOT NULL, row_json VARCHAR);

CREATE TABLE ledger_stat (
  table_name VARCHAR NOT NULL, n_rows BIGINT NOT NULL, first_day DATE, last_day DATE, latest_at TIMESTAMP,
  has_foreign_currency BOOLEAN);
