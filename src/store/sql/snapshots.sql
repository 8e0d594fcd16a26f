-- Periods that were closed, and their numbers as they were reported. Rows are only ever added.
CREATE TABLE snapshot (
  snapshot INTEGER NOT NULL, period VARCHAR NOT NULL, period_start DATE NOT NULL, period_end DATE NOT NULL,
  revision INTEGER NOT NULL, closed_at TIMESTAMP NOT NULL, known_at TIMESTAMP NOT NULL, "load" INTEGER,
  dimensions VARCHAR NOT NULL, currency VARCHAR NOT NULL, attain_version VARCHAR NOT NULL, note VARCHAR);

CREATE TABLE snapshot_kpi (
  snapshot INTEGER NOT NULL, kpi INTEGER NOT NULL, name VARCHAR NOT NULL, title VARCHAR NOT NULL, unit VARCHAR NOT NULL,
  display VARCHAR, definition_from DATE, formula VARCHAR NOT NULL, definition VARCHAR NOT NULL);

CREATE TABLE snapshot_value (
  snapshot INTEGER NOT NULL, kpi INTEGER NOT NULL, dimension VARCHAR, member VARCHAR, value DOUBLE, n BIGINT NOT NULL,
  numerator DOUBLE, denominator DOUBLE, low DOUBLE, high DOUBLE, flags VARCHAR NOT NULL);
