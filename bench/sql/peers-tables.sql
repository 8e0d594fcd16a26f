-- What the scorecard reads, for PostgreSQL and SQLite: the ledger's columns that it needs, days as numbers from 1970, and beside each day
-- its month, so that neither works out months again and again. Loaded from peers-export.sql's files, in the order of time.
CREATE TABLE months (month integer);
CREATE TABLE person (key integer);
CREATE TABLE opportunity (key integer PRIMARY KEY, owner integer, created_month integer, created_day integer, closed_month integer, closed_day integer,
  quoted_month integer, outcome text, type text, amount bigint, list_amount bigint);
CREATE TABLE activity (owner integer, done_month integer, scheduled_month integer, kind text, direction text, outcome text, duration integer);
CREATE TABLE lead (owner integer, opportunity integer, created_month integer, created_day integer, created_us bigint, assigned_month integer,
  assigned_us bigint, touched_us bigint, mql_month integer, mql_day integer, qualified_month integer, qualified_day integer, converted_day integer);
CREATE TABLE sale (owner integer, month integer, account integer, document text, kind text, net_amount bigint, list_amount bigint, cost bigint);
CREATE TABLE service (owner integer, opened_month integer, opened_us bigint, responded_us bigint, resolved_us bigint, resolved_month integer,
  contacts integer, reopened integer);
CREATE TABLE survey (owner integer, person integer, month integer, kind text, score double precision, scale double precision);
CREATE TABLE training (owner integer, month integer, due_day integer, completed_day integer);
CREATE TABLE coaching (owner integer, month integer, held_day integer);
CREATE TABLE action (owner integer, month integer, due_day integer, done_day integer);
CREATE TABLE quota (owner integer, month integer, amount bigint);
