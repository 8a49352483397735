{{!-- /etc/keepalived/hang-up.sh: closes stale connections after the virtual IP has moved --}}
#!/bin/sh
# Written by Tripod; a change made here is undone by the next apply.
# keepalived runs this when this master has taken the address, or given it up. Connections that went through its last holder lead nowhere
# then, and an idle watch does not notice it: kubelets and kube-proxies would receive nothing for up to 45 seconds. So
# they are closed: those of this host's own clients where the address is taken, those of all clients where it is given up.
case $1 in
    taken) of='dst {{vip}} and not src {{vip}}' ;;
    *) of='src {{vip}}' ;;
esac
exec ss --kill --no-header --numeric --tcp "$of" >/dev/null
