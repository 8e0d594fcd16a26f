-- Alerts: what became of each rule for each member, the messages that tell of it, and what became of those. Rows are
-- only ever added.
CREATE TABLE attain_alert_event (
  event BIGINT NOT NULL, rule VARCHAR NOT NULL, who VARCHAR NOT NULL, target INTEGER NOT NULL, act VARCHAR NOT NULL,
  happened_at TIMESTAMP NOT NULL, value DOUBLE, threshold DOUBLE, severity VARCHAR, words VARCHAR, author VARCHAR,
  until TIMESTAMP, due_at TIMESTAMP, channels VARCHAR);

CREATE TABLE attain_alert_message (
  message BIGINT NOT NULL, id VARCHAR NOT NULL, channel VARCHAR NOT NULL, recipient VARCHAR NOT NULL,
  made_at TIMESTAMP NOT NULL);

CREATE TABLE attain_alert_told (
  message BIGINT NOT NULL, event BIGINT NOT NULL);

CREATE TABLE attain_alert_attempt (
  message BIGINT NOT NULL, attempt INTEGER NOT NULL, tried_at TIMESTAMP NOT NULL, outcome VARCHAR NOT NULL, words VARCHAR,
  next_at TIMESTAMP);
