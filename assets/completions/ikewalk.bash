# Completion of ikewalk for bash.
_ikewalk() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' word
    local checkpoints='contact ike-version p1-cipher psk id subnets p2-cipher updown traffic'
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
        check | encap | explain | lesson | kb) command=$word && break ;;
        esac
    done
    compopt -o filenames 2>/dev/null
    case $prev in
    --format) COMPREPLY=($(compgen -W 'text json' -- "$cur")) && return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")) && return ;;
    --progress) COMPREPLY=($(compgen -W 'auto never' -- "$cur")) && return ;;
    --dialect)
        COMPREPLY=($(compgen -W "$(ikewalk kb list 2>/dev/null | sed -n 's/^dialect *\([^ ]*\).*/\1/p')" -- "$cur")) && return
        ;;
    --theme) COMPREPLY=($(compgen -W 'auto dark light mono' -- "$cur")) && return ;;
    --kb | --logs) COMPREPLY=($(compgen -d -- "$cur")) && return ;;
    --platform)
        COMPREPLY=($(compgen -W 'libreswan strongswan cisco-ios cisco-asa file' -- "$cur")) && return
        ;;
    --output | --trace | --peer-of | --identity | --known-hosts) COMPREPLY=($(compgen -f -- "$cur")) && return ;;
    --since | --tunnel | --lang | --jump | --timeout) return ;;
    --family) COMPREPLY=($(compgen -W 'ike tcp-udp' -- "$cur")) && return ;;
    --mode) COMPREPLY=($(compgen -W 'tcp udp' -- "$cur")) && return ;;
    --nat) COMPREPLY=($(compgen -W 'none initiator responder both' -- "$cur")) && return ;;
    --mapped) COMPREPLY=($(compgen -W 'tcp,udp tcp udp none' -- "$cur")) && return ;;
    --open) COMPREPLY=($(compgen -W 'udp500 udp4500 esp tcp4500 ah udp1701 tcp10000 none' -- "$cur")) && return ;;
    --carrier) COMPREPLY=($(compgen -W 'esp natt tcp tcp-ts auto ctcp' -- "$cur")) && return ;;
    --carrier-there) COMPREPLY=($(compgen -W 'esp natt tcp auto ctcp' -- "$cur")) && return ;;
    --ipsec-mode) COMPREPLY=($(compgen -W 'tunnel transport' -- "$cur")) && return ;;
    --outer-ip) COMPREPLY=($(compgen -W '4 6' -- "$cur")) && return ;;
    --protocol) COMPREPLY=($(compgen -W 'esp ah' -- "$cur")) && return ;;
    --fragments | --id-set) COMPREPLY=($(compgen -W 'yes no' -- "$cur")) && return ;;
    esac
    case $command:$cur in
    :-*) COMPREPLY=($(compgen -W '--ascii --kb --lang --print-config --theme --help --version' -- "$cur")) ;;
    check:-*)
        COMPREPLY=($(compgen -W '--format --tunnel --dialect --since --peer-of --no-traffic --redact --kb --output
            --color --ascii --lang --progress --trace --identity --known-hosts
            --jump --platform --timeout --whole --help --version' -- "$cur"))
        ;;
    encap:*)
        COMPREPLY=($(compgen -W '--family --mode --branch-port --published --inner --listen --mapped --nat --open
            --cipher --carrier --carrier-there --protocol --id-set --fragments --outer-ip --outer-mtu
            --ipsec-mode --packet --capture --format --kb --lang --help --version' -- "$cur"))
        ;;
    explain:-*) COMPREPLY=($(compgen -W '--kb --lang --list --help --version' -- "$cur")) ;;
    lesson:-*) COMPREPLY=($(compgen -W '--print --output --logs --kb --ascii --lang --help --version' -- "$cur")) ;;
    lesson:*) COMPREPLY=($(compgen -W "practice $(ikewalk lesson --print 2>/dev/null | awk '{print $2}')" -- "$cur")) ;;
    kb:-*) COMPREPLY=($(compgen -W '--causes --dialects --texts --kb --lang --help --version' -- "$cur")) ;;
    explain:*) COMPREPLY=($(compgen -W "$checkpoints" -- "$cur")) ;;
    kb:*)
        if [[ $prev == kb ]]; then
            COMPREPLY=($(compgen -W 'lint test list' -- "$cur"))
        else
            COMPREPLY=($(compgen -f -- "$cur"))
        fi
        ;;
    check:*) COMPREPLY=($(compgen -f -- "$cur")) ;;
    *)
        COMPREPLY=($(compgen -f -- "$cur"))
        ((COMP_CWORD > 1)) || COMPREPLY+=($(compgen -W 'check encap explain lesson kb' -- "$cur"))
        ;;
    esac
}
complete -F _ikewalk ikewalk
