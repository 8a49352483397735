{{!-- /usr/bin/python3 -c, run on a host and never written there: the same as reach.pl, where there is no perl --}}
import errno, os, select, signal, socket, struct, sys, time

VRRP, WITHIN, AT_ONCE = 112, 3, 200


def raw():
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, VRRP)
    except OSError:
        return None


def listening(address, ports):
    probes, opened = None, []
    for port in ports:
        if port == VRRP:
            probes = raw()
            if probes:
                print("open", port)
            continue
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((address, port))
            one.listen(128)
        except OSError:
            continue
        opened.append(one)
        print("open", port)
    sys.stdout.flush()
    child = os.fork()
    if child:
        print("pid", child)
        return
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.alarm(60)
    nowhere = os.open("/dev/null", os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(nowhere, each)
    while True:
        for one in select.select(opened + ([probes] if probes else []), [], [])[0]:
            if one is probes:
                packet, sender = probes.recvfrom(128)
                if packet[20:] == b"tripod-probe":
                    probes.sendto(b"tripod-answer", sender)
            else:
                client = one.accept()[0]
                # Without a wait for late packets, which would keep the port.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()


def outcome(error):
    # A listener of ours may have ended the connection by now.
    return "open" if error in (0, errno.ECONNRESET) else "refused" if error == errno.ECONNREFUSED else "rejected"


def connecting(targets):
    waiting = {}
    for to in targets:
        address, port = to.split(":")
        one = socket.socket()
        one.setblocking(False)
        error = one.connect_ex((address, int(port)))
        if error == errno.EINPROGRESS:
            waiting[one] = to
        else:
            print(to, outcome(error))
    end = time.time() + WITHIN
    while waiting and time.time() < end:
        for one in select.select([], list(waiting), [], max(0, end - time.time()))[1]:
            print(waiting.pop(one), outcome(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)))
    for to in waiting.values():
        print(to, "timeout")


def probing(masters):
    waiting, probes = set(masters), raw()
    if not probes:
        return
    for _ in range(WITHIN):
        for address in waiting:
            try:
                probes.sendto(b"tripod-probe", (address, 0))
            except OSError:
                pass
        end = time.time() + 1
        while waiting and select.select([probes], [], [], max(0, end - time.time()))[0]:
            packet, (sender, _port) = probes.recvfrom(128)
            if packet[20:] == b"tripod-answer" and sender in waiting:
                waiting.remove(sender)
                print("%s:%d open" % (sender, VRRP))
    for address in waiting:
        print("%s:%d timeout" % (address, VRRP))


mode, words = sys.argv[1], sys.argv[2:]
if mode == "listen":
    listening(words[0], [int(word) for word in words[1:]])
else:
    by_tcp = [word for word in words if not word.endswith(":112")]
    for first in range(0, len(by_tcp), AT_ONCE):
        connecting(by_tcp[first : first + AT_ONCE])
    probing([word[:-4] for word in words if word.endswith(":112")])
