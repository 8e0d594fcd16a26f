-- Who may sign in, with what, and who did what. No secret stands here: of each there is what it hashes to. Rows of the
-- audit log are only ever added.
CREATE TABLE attain_user (
  user_number INTEGER NOT NULL, name VARCHAR NOT NULL, shown VARCHAR, person BIGINT, role VARCHAR NOT NULL,
  groups VARCHAR, password VARCHAR, is_locked BOOLEAN NOT NULL, made_at TIMESTAMP NOT NULL);

CREATE TABLE attain_invitation (
  user_number INTEGER NOT NULL, digest VARCHAR NOT NULL, ends_at TIMESTAMP NOT NULL);

CREATE TABLE attain_session (
  user_number INTEGER NOT NULL, digest VARCHAR NOT NULL, began_at TIMESTAMP NOT NULL, seen_at TIMESTAMP NOT NULL);

CREATE TABLE attain_token (
  user_number INTEGER NOT NULL, name VARCHAR NOT NULL, digest VARCHAR NOT NULL, may INTEGER NOT NULL,
  made_at TIMESTAMP NOT NULL, ends_at TIMESTAMP NOT NULL, used_at TIMESTAMP);

CREATE TABLE attain_audit (
  entry BIGINT NOT NULL, happened_at TIMESTAMP NOT NULL, who VARCHAR NOT NULL, address VARCHAR, what VARCHAR NOT NULL,
  about VARCHAR, chain VARCHAR NOT NULL);
