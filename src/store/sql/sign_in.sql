-- Who a user is to the provider of sign-in (its issuer and their subject), and whether a password lets them in beside it.
ALTER TABLE attain_user ADD COLUMN identity VARCHAR;
ALTER TABLE attain_user ADD COLUMN only_provider BOOLEAN DEFAULT false;
