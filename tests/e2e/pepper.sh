# Passwords that are hashed with a secret of policy.yaml. The checks are in pepper.py.
. "$(dirname "$0")/lib.sh"
checks=1
python_with jsonschema
mkdir company
"$python" "$here/pepper.py" "$ATTAIN" company || fail "a pepper, see above"

cd company
printf 'passwords: {pepper_env: NO_SUCH_PEPPER}\n' > policy.yaml
run 1 user
complains "policy.yaml, passwords: the environment variable NO_SUCH_PEPPER is not set"
printf 'passwords: {pepper_file: short}\n' > policy.yaml
echo "too short a one" > short
run 1 user
complains "at least 16 characters"
complains "policy.yaml, passwords: "
case $(cat "$err") in *"too short a one"*) fail "an error tells the pepper" ;; esac
printf 'passwords: {pepper_file: short, pepper_env: IT}\n' > policy.yaml
run 1 user
complains "policy.yaml:1:"
complains 'give one of "pepper_env" and "pepper_file"'
finish
