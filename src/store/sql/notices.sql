-- What users are still to be told by mail of changes to how they sign in; a row goes when it was sent, or given up.
CREATE TABLE attain_notice (
  id VARCHAR NOT NULL, user_number INTEGER NOT NULL, what VARCHAR NOT NULL, happened_at TIMESTAMP NOT NULL,
  attempts INTEGER NOT NULL, next_at TIMESTAMP NOT NULL);
