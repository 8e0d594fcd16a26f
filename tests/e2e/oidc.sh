# Signing in by a provider of OpenID Connect: as it should be, and every way in which it should not. The checks are in oidc.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with "jsonschema, cryptography"
"$python" "$here/oidc.py" "$ATTAIN" "$work" || fail "signing in by a provider, see above"
checks=$((checks + 1))
"$python" "$here/oidc_tls.py" "$ATTAIN" "$work" || fail "a provider over TLS, see above"
finish
