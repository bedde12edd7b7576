# Completion of ikewalk for fish.
set -l commands check explain lesson kb
set -l first "not __fish_seen_subcommand_from $commands"

complete -c ikewalk -n $first -a check -d 'The diagnosis without a screen'
complete -c ikewalk -n $first -a explain -d 'What a checkpoint, finding, cause, message or log line means'
complete -c ikewalk -n $first -a lesson -d 'Training on recorded faults'
complete -c ikewalk -n $first -a kb -d 'Check, test and list the knowledge packs'
complete -c ikewalk -n $first -l version -d 'Say which version it is'
complete -c ikewalk -n $first -l print-config -d 'Print what is set and where it comes from'
complete -c ikewalk -n $first -l theme -x -a 'auto dark light mono' -d 'Colours for which background'
complete -c ikewalk -n $first -l ascii -d 'Use ASCII signs only'
complete -c ikewalk -n $first -l lang -x -d 'Language of the screens'
complete -c ikewalk -n $first -l kb -x -a '(__fish_complete_directories)' -d 'Read these packs too'
complete -c ikewalk -l help -d 'Say how to use it'

set -l check '__fish_seen_subcommand_from check'
complete -c ikewalk -n $check -l format -x -a 'text json' -d 'How the report is written'
complete -c ikewalk -n $check -l tunnel -x -d 'Report this tunnel only'
complete -c ikewalk -n $check -l since -x -d 'Leave out what happened before'
complete -c ikewalk -n $check -l no-traffic -d 'The tunnel is up but nothing passes'
complete -c ikewalk -n $check -l redact -d 'Put stand-ins for addresses, names and identities'
complete -c ikewalk -n $check -l output -r -F -d 'Write the report to a file'
complete -c ikewalk -n $check -l color -x -a 'auto always never' -d 'Colour in the text report'
complete -c ikewalk -n $check -l ascii -d 'Use ASCII signs only'
complete -c ikewalk -n $check -l lang -x -d 'Language of the sentences'
complete -c ikewalk -n $check -l progress -x -a 'auto never' -d 'Show progress'
complete -c ikewalk -n $check -l trace -r -F -d 'Write one line for each decision'
complete -c ikewalk -n $check -l identity -r -F -d 'Sign in with this private key'
complete -c ikewalk -n $check -l known-hosts -r -F -d 'The only file asked for host keys'
complete -c ikewalk -n $check -l jump -x -d 'Go through these hosts'
complete -c ikewalk -n $check -l platform -x -a 'libreswan strongswan cisco-ios cisco-asa file' -d 'What runs there'
complete -c ikewalk -n $check -l timeout -x -d 'How long it may be silent'
complete -c ikewalk -n $check -l whole -d 'Every line of the log'
complete -c ikewalk -n '__fish_seen_subcommand_from check explain lesson kb' -l kb -x \
    -a '(__fish_complete_directories)' -d 'Read these packs too'

complete -c ikewalk -n '__fish_seen_subcommand_from explain' \
    -a 'contact ike-version p1-cipher psk id subnets p2-cipher updown traffic'

set -l lesson '__fish_seen_subcommand_from lesson'
complete -c ikewalk -n $lesson -l print -d 'Write it as text'
complete -c ikewalk -n $lesson -l output -r -F -d 'Write it to a file'
complete -c ikewalk -n $lesson -l logs -x -a '(__fish_complete_directories)' -d 'Practise with these logs'
complete -c ikewalk -n $lesson -f -a "practice (ikewalk lesson --print 2>/dev/null | string replace -r '^ *\d+ +(\S+) .*' '\$1')"

set -l kb '__fish_seen_subcommand_from kb'
set -l which 'lint test list'
complete -c ikewalk -n "$kb; and not __fish_seen_subcommand_from $which" -f -a lint -d 'Check the packs'
complete -c ikewalk -n "$kb; and not __fish_seen_subcommand_from $which" -f -a test -d 'Run examples and cases'
complete -c ikewalk -n "$kb; and not __fish_seen_subcommand_from $which" -f -a list -d 'List what they hold'
complete -c ikewalk -n "$kb; and __fish_seen_subcommand_from list" -l causes -d 'List the causes'
complete -c ikewalk -n "$kb; and __fish_seen_subcommand_from list" -l dialects -d 'List which dialect shows which checkpoint'
