{{!-- /etc/tripod/pod-routes.sh: installs and keeps the routes to other nodes' pods, and the masquerade rule for this node's own --}}
#!/bin/bash
# Written by Tripod; a change made here is undone by the next apply.
# systemd-networkd drops routes that are not its own when it reloads, the kernel does when a link goes down, and a firewall that restarts
# drops rules that are not its own. So `watch` adds again what is missing, as soon as the kernel reports a change, and every 5 s in case it did
# not. `lay` does it once.
own={{shell ownCidr}}
pods={{shell podSubnet}}
# All our routes carry one protocol number, so that those of a node that was removed are found too.
protocol={{protocol}}
routes=( # in the words of `ip route show`
{{#each routes}}
    {{shell route}}
{{/each}}
)

# One process where all is as it should be, however many routes there are.
lay() {
    local there wanted route subnet how where failed=0
    there=$(ip -4 -o route show proto "$protocol") || return
    for route in "${routes[@]}"; do
        [[ $'\n'$there == *$'\n'"$route "* ]] && continue
        # shellcheck disable=SC2086 # several words
        if ip route replace $route proto "$protocol"; then echo "laid $route"; else failed=1; fi
    done
    # Last, so that traffic of pods continues while nodes are added.
    printf -v wanted '%s\n' "${routes[@]}"
    while read -r subnet how where _; do
        [[ -z $subnet || $'\n'$wanted == *$'\n'"$subnet $how $where"$'\n'* ]] && continue
        # It may have been replaced above.
        ip route del "$subnet" "$how" "$where" proto "$protocol" 2>/dev/null && echo "took away $subnet $how $where"
    done <<<"$there"
    return $failed
}

# kube-proxy's rules handle Services; what leaves the pods' network is masqueraded as the node's own address.
masquerade() {
    local rule=(POSTROUTING -s "$own" ! -d "$pods" -j MASQUERADE)
    iptables -w 5 -t nat -C "${rule[@]}" 2>/dev/null
    case $? in
        0) ;;
        1) iptables -w 5 -t nat -A "${rule[@]}" && echo "laid ${rule[*]}" ;;
        *) # To add it all the same could make a second one.
            echo "iptables cannot say whether there is ${rule[*]}" >&2
            return 1
            ;;
    esac
}

watch() {
    local told looked=-5
    exec {told}< <(exec ip -4 -o monitor link address route)
    while true; do
        lay
        # The kernel does not report changes of rules, and reading them may take long where there are many Services: never more often than this.
        if ((SECONDS - looked >= 5)); then
            masquerade
            looked=$SECONDS
        fi
        if read -r -t 5 -u "$told"; then
            # A change is reported in many lines. On a host where they never end, this does not wait for their end.
            for _ in {1..50}; do read -r -t 0.1 -u "$told" || break; done
        elif (($? <= 128)); then
            echo 'ip monitor has ended' >&2
            exit 1
        fi
    done
}

case $1 in
    lay)
        lay
        laid=$?
        masquerade && exit $laid
        ;;
    watch) watch ;;
    *)
        echo "usage: $0 lay|watch" >&2
        exit 2
        ;;
esac
