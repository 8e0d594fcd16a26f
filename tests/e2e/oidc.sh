# Signing in by a provider of OpenID Connect: as it should be, and every way in which it should not. The checks are in oidc.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with "jsonschema, cryptography"
"$python" "$here/oidc.py" "$ATTAIN" "$work" || fail "signing in by a provider, see above"
finish
