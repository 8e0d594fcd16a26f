-- Whose a target is, by the key of a row of `member_table` too: the name follows the row. NULL: a text, or kept before this was.
ALTER TABLE attain_target_version ADD COLUMN member_table VARCHAR;
ALTER TABLE attain_target_version ADD COLUMN member_key BIGINT;
