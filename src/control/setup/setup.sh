#!/bin/sh
# Sets up @@title_plain@@ for @@service_plain@@: shows what changes, asks, keeps a backup, can be undone.
#
#   curl -fsSL @@url@@.sh | sh -s KEY
#   curl -fsSL @@url@@.sh | sh -s -- [KEY] [--yes] [--dry-run] [--undo] [--model ID] [--region auto|ID]
#
# Without KEY it asks for it. It uses node, python3 or jq, whichever is here; without any it prints what to paste.

main() {
set -eu
umask 077
SERVICE=@@service@@
TITLE=@@title@@
CLIENT=@@client@@
SLUG=@@slug@@
URL='@@url@@'
ORIGIN=@@origin@@
PREFIX=@@prefix@@
MODEL=@@model@@
WITHHELD=@@withheld@@
FILES=@@files@@
JQ=@@jq@@
CHECK_URL=@@check_url@@
CHECK_HEADER=@@check_header@@
CHECK_MORE=@@check_more@@
HOSTS=@@hosts@@
TAB=$(printf '\t')
key=${@@key_variable@@:-}
yes=0 undo=0 dry=0 model='' region='' origin=''
tmp=''
record=${HOME:?HOME is not set; set it to your home folder}/.$SLUG-setup/$CLIENT.tsv

while [ $# -gt 0 ]; do
  case $1 in
    --yes | -y) yes=1 ;;
    --undo) undo=1 ;;
    --dry-run) dry=1 ;;
    --key | --model | --region)
      [ $# -gt 1 ] || die "$1 needs a value."
      case $1 in --key) key=$2 ;; --model) model=$2 ;; *) region=$2 ;; esac
      shift
      ;;
    --key=*) key=${1#*=} ;;
    --model=*) model=${1#*=} ;;
    --region=*) region=${1#*=} ;;
    --help | -h) usage; return 0 ;;
    -*) die "There is no option $1; --help lists them." ;;
    *) key=$1 ;;
  esac
  shift
done
case $model in *[!A-Za-z0-9._:/@+-]*) die "--model has signs in it that no model's name has." ;; esac

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
find_tool
unpack
if [ "$undo" = 1 ]; then undo_setup; return; fi
[ "$FILES$WITHHELD" = 00 ] || take_key
[ "$WITHHELD" = 0 ] || { with_models_of_key; return; }
[ -z "$region" ] || choose_region
if [ "$FILES" = 0 ]; then
  moved <"$tmp/lines.txt"
  return 0
fi
case $tool in
  none) paste_lines "Neither node, python3 nor jq is here to edit the files safely." ;;
  jq) with_jq ;;
  *) with_editor ;;
esac
check
say ''
moved <"$tmp/lines.txt"
[ ! -f "$record" ] || say "To take it back: curl -fsSL $URL.sh | sh -s -- --undo"
return "$failed"
}

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
has_terminal() { (: </dev/tty >/dev/tty) 2>/dev/null; }

usage() {
  say "curl -fsSL $URL.sh | sh -s -- [KEY] [--yes] [--dry-run] [--undo] [--model ID] [--region auto|ID]"
}

find_tool() {
  # shellcheck disable=SC2016
  if command -v node >/dev/null 2>&1 && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' >/dev/null 2>&1; then
    tool=node
  elif command -v python3 >/dev/null 2>&1 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1; then
    tool=python3
  elif [ "$JQ" = 1 ] && command -v jq >/dev/null 2>&1; then
    tool=jq
  else
    tool=none
  fi
}

take_key() {
  if [ -z "$key" ]; then
    has_terminal || die "There is no key, and no terminal to ask on. Put it at the end: curl -fsSL $URL.sh | sh -s KEY"
    trap 'stty echo </dev/tty; rm -rf "$tmp"' EXIT
    stty -echo </dev/tty 2>/dev/null || :
    printf 'Key of %s (%s...): ' "$SERVICE" "$PREFIX" >/dev/tty
    IFS= read -r key </dev/tty || key=''
    stty echo </dev/tty 2>/dev/null || :
    trap 'rm -rf "$tmp"' EXIT
    printf '\n' >/dev/tty
  fi
  key=$(printf '%s' "$key" | tr -d " \t\r\n\"'" | sed 's/^[Bb]earer//')
  case $key in
    '') die "There is no key; nothing was changed." ;;
    *[!A-Za-z0-9._-]*) die "The key has signs in it that no key has; copy the whole key again." ;;
    "$PREFIX"*) ;;
    sk-ant-*) die "That is a key of Anthropic; the one for $SERVICE begins with $PREFIX. Nothing was changed." ;;
    sk-* | AIza*) die "That is a key of another service; the one for $SERVICE begins with $PREFIX. Nothing was changed." ;;
  esac
}

# Models are told to keys alone: this script again, with those that the key may use.
with_models_of_key() {
  command -v curl >/dev/null 2>&1 || die "Asking for the models of your key needs curl."
  code=$(printf 'header = "Authorization: Bearer %s"\n' "$key" |
    curl -sS -K - -o "$tmp/filled.sh" -w '%{http_code}' --max-time 20 "$URL.sh" 2>"$tmp/why") || code=000
  case $code in
    200) ;;
    401 | 403) die "The key was refused ($code). Make or copy a key of $SERVICE and run this again." ;;
    000) die "$URL.sh cannot be reached: $(tail -n 1 "$tmp/why")" ;;
    *) die "$URL.sh answers $code: $(head -c 300 "$tmp/filled.sh" 2>/dev/null)" ;;
  esac
  set --
  [ "$yes" = 0 ] || set -- "$@" --yes
  [ "$dry" = 0 ] || set -- "$@" --dry-run
  [ -z "$model" ] || set -- "$@" --model "$model"
  [ -z "$region" ] || set -- "$@" --region "$region"
  @@key_variable@@=$key sh "$tmp/filled.sh" "$@"
}

choose_region() {
  [ -n "$HOSTS" ] || die "$SERVICE names no regions; leave --region out."
  if [ "$region" = auto ]; then
    command -v curl >/dev/null 2>&1 || die "Measuring the regions needs curl; name one with --region ID."
    say 'Measuring:'
    printf '%s\n' "$HOSTS" | while IFS="$TAB" read -r host name place; do
      took=$(fastest "$host")
      printf '  %-12s %s s  %s %s\n' "$name" "$took" "$host" "$place" >&2
      printf '%s\t%s\n' "$took" "$host"
    done | sort -n >"$tmp/regions"
    origin=$(head -n 1 "$tmp/regions" | cut -f 2)
    case $(head -n 1 "$tmp/regions") in 99.*) die 'None of them can be reached from here.' ;; esac
  else
    origin=$(printf '%s\n' "$HOSTS" | awk -F '\t' -v want="$region" '$2 == want { print $1; exit }')
    [ -n "$origin" ] || die "There is no region $region; there are: $(printf '%s\n' "$HOSTS" | cut -f 2 | sort -u | tr '\n' ' ')"
  fi
  say "Using $origin"
}

# The better of two tries, so that looking up the name counts once; 99 for what cannot be reached.
fastest() {
  for _ in 1 2; do
    # curl tells a time for what failed, too.
    if took=$(curl -fsS -o /dev/null --max-time 5 -w '%{time_total}' "$1/healthz" 2>/dev/null); then echo "$took"; else echo 99.0; fi
  done | sort -n | head -n 1
}

run_editor() {
  program=$tmp/setup.mjs
  [ "$tool" = node ] || program=$tmp/setup.py
  SETUP_KEY=$key SETUP_MODEL=$model SETUP_ORIGIN=$origin PYTHONDONTWRITEBYTECODE=1 "$tool" "$program" "$1" "$tmp/job.json"
}

confirm() {
  [ "$dry" = 0 ] || { say 'A dry run: nothing was changed.'; exit 0; }
  [ "$yes" = 0 ] || return 0
  has_terminal || die 'There is no terminal to ask on; add --yes to agree. Nothing was changed.'
  printf '%s [y/N] ' "$1" >/dev/tty
  IFS= read -r answer </dev/tty || answer=''
  case $answer in [yY]*) ;; *) die 'Nothing was changed.' ;; esac
}

with_editor() {
  say "Setting up $TITLE for $SERVICE:"
  status=0
  run_editor plan || status=$?
  case $status in
    0)
      confirm 'Change these files?'
      run_editor apply
      say 'Done.'
      ;;
    3) say 'Everything is set already.' ;;
    *) exit 1 ;;
  esac
}

undo_setup() {
  [ -f "$record" ] || { say "Nothing of $TITLE was set up from here, or it was undone."; return 0; }
  say "Taking back what setup changed for $TITLE:"
  case $tool in
    node | python3)
      run_editor undo-plan
      confirm 'Put it back as it was?'
      run_editor undo
      ;;
    *)
      grep "^file$TAB" "$record" | cut -f 4
      grep "^file$TAB" "$record" | cut -f 2 | while IFS= read -r backup; do
        [ "$backup" = - ] || [ -e "$backup" ] || die "$backup is gone, so its file cannot be put back. Nothing was changed."
      done || exit 1
      confirm 'Put these files back as they were?'
      undo_plain
      ;;
  esac
  say 'Undone.'
}

undo_plain() {
  while IFS="$TAB" read -r kind backup _ subject; do
    [ "$kind" = file ] || continue
    if [ "$backup" = - ]; then rm -f "$subject"; elif [ -e "$backup" ]; then mv "$backup" "$subject"; fi
  done <"$record"
  grep "^folder$TAB" "$record" | cut -f 4 | sort -r | while IFS= read -r folder; do rmdir "$folder" 2>/dev/null || :; done
  rm -f "$record"
  rmdir "$(dirname "$record")" 2>/dev/null || :
}

# Replaces what stands for key, model and origin in the text on its input.
filled() { fill_with "$key"; }
moved() { fill_with '{{key}}'; }
fill_with() {
  FILL_KEY=$1 FILL_MODEL=${model:-$MODEL} FILL_FROM=$ORIGIN FILL_TO=${origin:-$ORIGIN} awk '
    function put(text, what, by,   at, out) {
      out = ""
      while ((at = index(text, what)) > 0) {
        out = out substr(text, 1, at - 1) by
        text = substr(text, at + length(what))
      }
      return out text
    }
    {
      line = put($0, "{{key}}", ENVIRON["FILL_KEY"])
      line = put(line, "{{model}}", ENVIRON["FILL_MODEL"])
      print put(line, ENVIRON["FILL_FROM"], ENVIRON["FILL_TO"])
    }'
}

paste_lines() {
  say "$1 Put these lines there yourself:"
  say ''
  filled <"$tmp/paste.txt"
}

# jq rewrites the whole file, so only plain JSON is given to it.
with_jq() {
  : >"$tmp/changed"
  number=0
  jq_paths >"$tmp/paths"
  while IFS= read -r path; do
    number=$((number + 1))
    if [ -s "$path" ]; then cp "$path" "$tmp/$number.old"; else printf '{}\n' >"$tmp/$number.old"; fi
    if LC_ALL=C grep -q "$(printf '\r\|^\357\273\277')" "$tmp/$number.old" ||
      ! SETUP_KEY=$key SETUP_MODEL=${model:-$MODEL} SETUP_FROM=$ORIGIN SETUP_TO=${origin:-$ORIGIN} \
        jq --indent 2 -f "$tmp/$number.jq" "$tmp/$number.old" >"$tmp/$number.new" 2>"$tmp/why"; then
      paste_lines "$path is not plain JSON, which is all that jq can edit."
      return 0
    fi
    jq -e -n --slurpfile a "$tmp/$number.old" --slurpfile b "$tmp/$number.new" '$a == $b' >/dev/null && [ -e "$path" ] && continue
    say "$path"
    diff -u "$tmp/$number.old" "$tmp/$number.new" | sed -n '3,$p' | FILL_KEY=$key awk '
      { while ((at = index($0, ENVIRON["FILL_KEY"])) > 0)
          $0 = substr($0, 1, at - 1) "..." substr($0, at + length(ENVIRON["FILL_KEY"]) - 4) }
      /[Kk][Ee][Yy]|[Tt][Oo][Kk][Ee][Nn]/ && /^-/ { sub(/:.*/, ": (masked)") }
      { print "  " $0 }' || :
    printf '%s\t%s\n' "$number" "$path" >>"$tmp/changed"
  done <"$tmp/paths"
  [ -s "$tmp/changed" ] || { say 'Everything is set already.'; return 0; }
  confirm 'Change these files?'
  while IFS="$TAB" read -r number path; do jq_apply "$number" "$path"; done <"$tmp/changed"
  say 'Done.'
}

jq_apply() {
  mkdir -p "$(dirname "$record")"
  make_folders "$(dirname "$2")"
  if ! { [ -f "$record" ] && cut -f 4 "$record" | grep -Fxq "$2"; }; then
    backup=-
    if [ -e "$2" ]; then
      backup=$2.backup
      count=1
      while [ -e "$backup" ]; do count=$((count + 1)) backup=$2.backup-$count; done
      cp -p "$2" "$backup"
    fi
    printf 'file\t%s\t-\t%s\n' "$backup" "$2" >>"$record"
  fi
  cat "$tmp/$1.new" >"$2"
}

make_folders() {
  [ -d "$1" ] && return 0
  make_folders "$(dirname "$1")"
  mkdir "$1"
  printf 'folder\t-\t-\t%s\n' "$1" >>"$record"
}

# Asks for the list of models, as this client would; that costs nothing.
check() {
  failed=0
  url=$CHECK_URL
  case $origin in '') ;; *) url=$origin${CHECK_URL#"$ORIGIN"} ;; esac
  command -v curl >/dev/null 2>&1 || { say "To check the connection, open $url with the key in the header ${CHECK_HEADER%%:*}."; return 0; }
  code=$(printf 'header = "%s%s"\nheader = "%s"\n' "$CHECK_HEADER" "$key" "$CHECK_MORE" |
    curl -sS -K - -o "$tmp/answer" -w '%{http_code}' --max-time 20 "$url" 2>"$tmp/why") || code=000
  failed=1
  case $code in
    200) say 'The connection works, and the key is good.' && failed=0 ;;
    401 | 403) say "The key was refused ($code). Make or copy a key of $SERVICE and run this again." ;;
    000) say "$url cannot be reached: $(tail -n 1 "$tmp/why")" ;;
    3??) say "$url redirects ($code), and a redirect drops the key: the address must begin as the service writes it, with https://." ;;
    *) say "$url answers $code: $(head -c 300 "$tmp/answer" 2>/dev/null)" ;;
  esac
}

jq_paths() {
  :
@@jq_paths@@
}

unpack() {
case $tool in
node)
cat >"$tmp/setup.mjs" <<'SETUP_PROGRAM_END'
@@javascript@@
SETUP_PROGRAM_END
;;
python3)
cat >"$tmp/setup.py" <<'SETUP_PROGRAM_END'
@@python@@
SETUP_PROGRAM_END
;;
jq)
:
@@jq_files@@
;;
esac
cat >"$tmp/job.json" <<'SETUP_JOB_END'
@@job@@
SETUP_JOB_END
cat >"$tmp/paste.txt" <<'SETUP_PASTE_END'
@@paste@@
SETUP_PASTE_END
cat >"$tmp/lines.txt" <<'SETUP_LINES_END'
@@lines@@
SETUP_LINES_END
}

main "$@"
