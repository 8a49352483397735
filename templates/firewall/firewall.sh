{{!-- /etc/tripod/firewall.sh: accepts what the cluster needs where this host's own rules drop what they do not name --}}
#!/bin/sh
# Written by Tripod; a change made here is undone by the next apply.
# A packet is dropped as soon as one chain drops it, whatever the others accept. So every chain of nftables or iptables that drops what it does not
# name gets a jump to a chain of ours: right before the rule that drops everything, or at the end where the policy does. What
# the host drops by name, and what a network policy drops, comes before that and stays dropped. `check` prints what differs, `lay` repairs it.
nft_input='{{nftInput}}'
nft_forward='{{nftForward}}'
iptables_INPUT='{{iptablesInput}}'
iptables_FORWARD='{{iptablesForward}}'

# Chains of nftables that drop: family, table, chain, hook, the handle of the rule that drops everything (0: the policy does), whether
# it has our jump. Not those of iptables, and not those of programs that write their own tables again.
nft_chains() {
    command -v nft >/dev/null || return 0
    nft -n list tables | while read -r _ family table; do
        case $family/$table in
            */kube-proxy | */firewalld | */calico | */docker-bridges) continue ;;
            ip/* | inet/*) ;;
            *) continue ;;
        esac
        # shellcheck disable=SC2016
        nft -n -a list table "$family" "$table" | awk -v family="$family" -v table="$table" '
            /^\tchain / { chain = $2; hook = ""; drops = all = jump = 0; ours = (family == "ip" && (chain == "INPUT" || chain == "FORWARD")) }
            /^\t\ttype filter hook (input|forward) / && !ours { hook = $4; drops = /policy drop;/ }
            hook && /^\t\tjump tripod_/ { jump = 1 }
            hook && /^\t\t(counter (packets [0-9]+ bytes [0-9]+ )?)?(log (prefix "[^"]*" |level [a-z]+ |flags [a-z ]+ )*)?(drop|reject)( with [a-z0-9 -]+)? # handle [0-9]+$/ { all = $NF }
            /^\t}/ { if (hook && (drops || all)) print family, table, chain, hook, all, jump; hook = "" }'
    done
}

# Chains of iptables that drop: the chain, the number of the rule that drops everything (0: the policy does), whether it has our jump.
iptables_chains() {
    command -v iptables >/dev/null || return 0
    for chain in INPUT FORWARD; do
        iptables -w 5 -S "$chain" | awk -v chain="$chain" '
            /^-P [A-Z]+ DROP$/ { drops = 1 }
            /^-A / { n++ }
            / -j TRIPOD-[A-Z]+$/ { jump = 1 }
            !all && /^-A [A-Z]+( -m comment --comment ("[^"]*"|[^ ]+))? -j (DROP|REJECT( --reject-with [a-z-]+)?)$/ { all = n }
            END { if (drops || all) print chain, all + 0, jump + 0 }'
    done
}

# What is there, in the words of the rules above.
nft_rules() { nft -n list chain "$1" "$2" "tripod_$3" 2>/dev/null | sed -n 's/^\t\t//p'; }
# A protocol has a name where /etc/protocols has one for it.
iptables_rules() { iptables -w 5 -S "TRIPOD-$1" 2>/dev/null | sed -n "s/^-A TRIPOD-$1 //p" | sed 's/-p vrrp /-p 112 /; s/-p \(ipencap\|ipv4\|ipip\) /-p 4 /'; }

# The differences of a chain: its title, what is wanted, what is there, whether it has the jump.
differences() {
    [ "$4" = 1 ] || echo "$1: + jump"
    [ "$2" != "$3" ] || return 0
    printf '%s\n' "$2" | while IFS= read -r rule; do
        printf '%s\n' "$3" | grep -qxF -e "$rule" || echo "$1: + $rule"
    done
    printf '%s\n' "$3" | while IFS= read -r rule; do
        [ -z "$rule" ] || printf '%s\n' "$2" | grep -qxF -e "$rule" || echo "$1: - $rule"
    done
}

check() {
    nft_chains | while read -r family table chain hook _ jump; do
        eval "wanted=\$nft_$hook"
        differences "$family $table $chain" "$wanted" "$(nft_rules "$family" "$table" "$hook")" "$jump"
    done
    iptables_chains | while read -r chain _ jump; do
        eval "wanted=\$iptables_$chain"
        differences "iptables $chain" "$wanted" "$(iptables_rules "$chain")" "$jump"
    done
}

# Each table in one transaction: no packet meets half of the rules.
lay() {
    nft_chains | while read -r family table chain hook all jump; do
        eval "wanted=\$nft_$hook"
        {
            echo "add chain $family $table tripod_$hook"
            echo "flush chain $family $table tripod_$hook"
            printf '%s\n' "$wanted" | sed "s/^/add rule $family $table tripod_$hook /"
            if [ "$jump" = 1 ]; then :
            elif [ "$all" = 0 ]; then echo "add rule $family $table $chain jump tripod_$hook"
            else echo "insert rule $family $table $chain handle $all jump tripod_$hook"; fi
        } | nft -f - || exit
    done || return
    iptables_chains | while read -r chain all jump; do
        eval "wanted=\$iptables_$chain"
        {
            printf '*filter\n:TRIPOD-%s - [0:0]\n' "$chain"
            printf '%s\n' "$wanted" | sed "s/^/-A TRIPOD-$chain /"
            if [ "$jump" = 1 ]; then :
            elif [ "$all" = 0 ]; then echo "-A $chain -j TRIPOD-$chain"
            else echo "-I $chain $all -j TRIPOD-$chain"; fi
            echo COMMIT
        } | iptables-restore -w 5 --noflush || exit
    done
}

case $1 in
    check) check ;;
    lay) lay ;;
    *)
        echo "usage: $0 check|lay" >&2
        exit 2
        ;;
esac
