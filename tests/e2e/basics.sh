# The command line itself: help, man pages and completion made from one table; exit codes; where a workspace is looked for.
. "$(dirname "$0")/lib.sh"

# --- help ---
run 0 help
for command in new load check kpis show explain records snapshot target objective demo; do
  says "  $command "
done
says "Exit codes"
run 0 --help
says "Usage"
run 0 --version
says "attain "

# --- help, man pages and completion agree ---
mkdir man
run 0 --write-man-pages man
run 0 --write-bash-completion attain.bash
bash -n attain.bash || fail "the completion is no bash"
for command in new load check kpis show explain records snapshot target objective demo; do
  [ -s "man/attain-$command.1" ] || fail "no man page of $command"
  grep -q "$command" attain.bash || fail "the completion does not know $command"
  run 0 help "$command"
  grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' "$out" | grep -oE '\-\-[a-z-]+' | sort -u > options
  [ -s options ] || fail "no options in the help of $command"
  cp "$out" help.txt
  run 0 "$command" --help
  cmp -s help.txt "$out" || fail "help $command and $command --help differ"
  tr -d '\\' < "man/attain-$command.1" > page
  while read -r option; do
    grep -qF -e "$option" page || fail "$option of $command is not in its man page"
    grep -qF -e "$option" attain.bash || fail "$option of $command is not completed"
  done < options
done
[ -s man/attain.1 ] || fail "no man page of attain"

# --- completion at work ---
completed() {
  bash -c '. ./attain.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
    function=$(complete -p attain | sed "s/.*-F \([^ ]*\).*/\1/"); $function attain "${COMP_WORDS[COMP_CWORD]}" ""; echo "${COMPREPLY[@]}"' bash "$@"
}
is "completion of sh" "$(completed attain sh | tr -d ' ')" "show"
case "$(completed attain show --comp)" in *--compare*) ;; *) fail "show --comp is not completed" ;; esac

# --- wrong use is 2, and says how it is right ---
run 2
run 2 sho
complains 'did you mean "show"?'
run 2 show --bogus
complains "unknown option --bogus"
complains "attain help show"
run 2 show --compare
run 2 show --format xml
complains "table, json, csv, md"
run 2 new
run 2 new a b
run 2 kpis --role king
run 2 explain
run 2 help nothing

# --- where the workspace is ---
run 1 show
complains "no attain.yaml"
complains "attain new"
run 1 -C nowhere show
complains "nowhere"
company co
run 1 -C co show
complains "attain load"
run 0 -C co --now 2026-11-21 load
mkdir -p co/reports/2026
(cd co/reports/2026 && "$ATTAIN" --now 2026-11-21 show won_deals --period 2026 --format csv) > inside.csv || fail "not from a folder inside"
(cd co && "$ATTAIN" --now 2026-11-21 show won_deals --period 2026 --format csv) > top.csv || fail "not from the top"
run 0 -C co/reports --now 2026-11-21 show won_deals --period 2026 --format csv
cmp -s inside.csv top.csv && cmp -s "$out" top.csv || fail "the answer depends on the folder"

# --- the clock ---
run 0 -C co --now 2026-03-31 show won_deals --period 2026 --format json
json_is 'd["rows"][0]["value"]' "$(awk -F, 'NR > 1 && /Closed Won/ && match($0, /,2026-0[123]-[0-9]+,[0-9]+,[A-Z]/)' co/exports/deals.csv | wc -l | tr -d ' ')"
json_is 'd["as_of"][:7]' 2026-03
json_is 'd["rows"][0]["flags"]' "['running']"
run 2 -C co --now yesterday show won_deals
complains "yesterday"
run 2 -C co --now 2026-02-30 show won_deals
complains "2026-02-30"

# --- colour and width: none into a file; none with NO_COLOR on a terminal; a narrow terminal loses nothing silently ---
escape=$(printf '\033')
run 0 -C co --now 2026-11-21 show win_rate --by rep --period 2026
says_not "$escape["
if command -v script > /dev/null; then
  on_terminal() { # width, then attain's arguments
    width=$1
    shift
    last="on a terminal of $width columns: $*"
    code=0
    script -qec "stty cols $width; '$ATTAIN' $*" /dev/null > "$out" 2> "$err" < /dev/null || code=$?
    expect_code "$code" 0
  }
  on_terminal 100 -C co --now 2026-11-21 show win_rate --by rep --period 2026
  says "$escape["
  NO_COLOR=1 on_terminal 100 -C co --now 2026-11-21 show win_rate --by rep --period 2026
  says_not "$escape[3"
  on_terminal 100 --no-colour -C co --now 2026-11-21 show win_rate --by rep --period 2026
  says_not "$escape[3"
  on_terminal 44 -C co --now 2026-11-21 show revenue --by rep --period 2026 --grain month
  says "Finn Larsen"
  for month in 01 02 03 04 05 06 07 08 09 10 11 12; do says "2026-$month"; done
fi
finish
