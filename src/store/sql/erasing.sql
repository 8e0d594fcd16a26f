-- Who was erased, and digests of what must not come back, under a key of the database's own. The audit log's texts that
-- may name somebody are sealed with salts: its hashes are of the seals, so that a text can go and the log still holds.
CREATE TABLE attain_erasing_key (secret VARCHAR NOT NULL);

CREATE TABLE attain_erased (
  erased INTEGER NOT NULL, table_name VARCHAR NOT NULL, shown VARCHAR NOT NULL, erased_at TIMESTAMP NOT NULL);

CREATE TABLE attain_erased_mark (digest VARCHAR NOT NULL, stands_for VARCHAR NOT NULL);

ALTER TABLE attain_audit ADD COLUMN who_salt VARCHAR;
ALTER TABLE attain_audit ADD COLUMN address_salt VARCHAR;
ALTER TABLE attain_audit ADD COLUMN about_salt VARCHAR;
ALTER TABLE attain_audit ADD COLUMN who_seal VARCHAR;
ALTER TABLE attain_audit ADD COLUMN address_seal VARCHAR;
ALTER TABLE attain_audit ADD COLUMN about_seal VARCHAR;
