-- What other programs were answered and what they told: puts under a key, so that the same call again writes nothing;
-- events of systems that were seen; and what a system told so far of each of its records, each value with its time.
CREATE TABLE attain_put_key (
  name VARCHAR NOT NULL, digest VARCHAR NOT NULL, put_at TIMESTAMP NOT NULL, report VARCHAR NOT NULL);

CREATE TABLE attain_told_event (
  source VARCHAR NOT NULL, event VARCHAR NOT NULL, told_at TIMESTAMP NOT NULL);

CREATE TABLE attain_told_record (
  source VARCHAR NOT NULL, from_name VARCHAR NOT NULL, id VARCHAR NOT NULL, told VARCHAR NOT NULL, removed_at TIMESTAMP);
