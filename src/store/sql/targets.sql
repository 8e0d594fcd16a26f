-- Targets, what was said of them, and the objectives they serve. Rows are only ever added.
CREATE TABLE attain_objective (
  objective INTEGER NOT NULL, version INTEGER NOT NULL, name VARCHAR NOT NULL, about VARCHAR, kpis VARCHAR NOT NULL,
  ended BOOLEAN NOT NULL, author VARCHAR NOT NULL, said_at TIMESTAMP NOT NULL);

CREATE TABLE attain_target (
  target INTEGER NOT NULL, parent INTEGER, objective INTEGER, said_at TIMESTAMP NOT NULL);

CREATE TABLE attain_target_version (
  target INTEGER NOT NULL, version INTEGER NOT NULL, kpi VARCHAR NOT NULL, dimension VARCHAR NOT NULL, member VARCHAR,
  kind VARCHAR NOT NULL, amount DOUBLE NOT NULL, amount_high DOUBLE, is_percent BOOLEAN NOT NULL, baseline_start DATE,
  baseline_end DATE, per VARCHAR, start_day DATE NOT NULL, end_day DATE NOT NULL, spread VARCHAR NOT NULL,
  effective_day DATE NOT NULL);

CREATE TABLE attain_target_part (
  target INTEGER NOT NULL, version INTEGER NOT NULL, start_day DATE NOT NULL, end_day DATE NOT NULL,
  amount DOUBLE NOT NULL);

CREATE TABLE attain_target_event (
  target INTEGER NOT NULL, event INTEGER NOT NULL, act VARCHAR NOT NULL, version INTEGER NOT NULL,
  author VARCHAR NOT NULL, words VARCHAR, said_at TIMESTAMP NOT NULL);
