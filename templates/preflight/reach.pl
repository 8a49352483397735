{{!-- /usr/bin/perl -e, run on a host and never written there: listens for a moment, or connects to other hosts --}}
# listen ADDRESS PORT…: listens in the background until it is ended, at most a minute. Prints what it listens on, and its process id.
# connect ADDRESS:PORT…: prints for each whether it is open, refused, rejected or times out.
# The port 112 stands for VRRP, which has none: a probe by that protocol is answered.
use strict;
use warnings;
use Errno qw(ECONNREFUSED ECONNRESET EINPROGRESS);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket;
use constant { VRRP => 112, WITHIN => 3, AT_ONCE => 200 };
my ($mode, @words) = @ARGV;
$| = 1;

# Perl counts whole seconds only: perl-base has no Time::HiRes.
sub raw {
    socket(my $raw, AF_INET, SOCK_RAW, VRRP) or return;
    return $raw;
}

# The sockets among these that are ready within so many seconds.
sub ready {
    my ($seconds, $write, @sockets) = @_;
    my $bits = '';
    vec($bits, fileno($_), 1) = 1 for @sockets;
    my $found = select(my $in = $write ? undef : $bits, my $out = $write ? $bits : undef, undef, $seconds);
    my $set = $write ? $out : $in;
    return $found > 0 ? grep { vec($set, fileno($_), 1) } @sockets : ();
}

sub listening {
    my ($address, @ports) = @_;
    my ($raw, @open);
    for my $port (@ports) {
        if ($port == VRRP) { $raw = raw() and print "open $port\n"; next }
        socket(my $socket, AF_INET, SOCK_STREAM, 0) or next;
        setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
        bind($socket, pack_sockaddr_in($port, inet_aton($address))) && listen($socket, 128) or next;
        push @open, $socket;
        print "open $port\n";
    }
    defined(my $child = fork) or exit 1;
    if ($child) { print "pid $child\n"; exit }
    $SIG{HUP} = 'IGNORE';
    alarm 60;
    open STDIN, '<', '/dev/null';
    open $_, '>', '/dev/null' for *STDOUT, *STDERR;
    while (1) {
        for my $socket (ready(undef, 0, @open, $raw || ())) {
            if ($raw && $socket == $raw) {
                my $from = recv($raw, my $packet, 128, 0);
                send($raw, 'tripod-answer', 0, $from) if $from && substr($packet, 20) eq 'tripod-probe';
            }
            elsif (accept(my $client, $socket)) {
                # Without a wait for late packets, which would keep the port.
                setsockopt($client, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
                close $client;
            }
        }
    }
}

sub connecting {
    my %waiting;
    for my $to (@_) {
        my ($address, $port) = split /:/, $to;
        socket(my $socket, AF_INET, SOCK_STREAM, 0) or next;
        fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
        if (connect($socket, pack_sockaddr_in($port, inet_aton($address)))) { print "$to open\n" }
        elsif ($! == EINPROGRESS) { $waiting{fileno $socket} = [$socket, $to] }
        else { print "$to ", ($! == ECONNREFUSED ? 'refused' : 'rejected'), "\n" }
    }
    my $end = time + WITHIN;
    while (%waiting && time < $end) {
        for my $socket (ready($end - time, 1, map { $$_[0] } values %waiting)) {
            my $error = unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
            my (undef, $to) = @{ delete $waiting{fileno $socket} };
            # A listener of ours may have ended the connection by now.
            print "$to ", ($error == 0 || $error == ECONNRESET ? 'open' : $error == ECONNREFUSED ? 'refused' : 'rejected'), "\n";
        }
    }
    print "$$_[1] timeout\n" for values %waiting;
}

sub probing {
    my %waiting = map { $_ => 1 } @_;
    my $raw = raw() or return;
    for (1 .. WITHIN) {
        send($raw, 'tripod-probe', 0, pack_sockaddr_in(0, inet_aton($_))) for keys %waiting;
        my $end = time + 1;
        while (%waiting && time < $end) {
            ready($end - time, 0, $raw) or last;
            my $from = recv($raw, my $packet, 128, 0) or next;
            my (undef, $host) = unpack_sockaddr_in($from);
            next unless substr($packet, 20) eq 'tripod-answer' && delete $waiting{inet_ntoa($host)};
            print inet_ntoa($host), ':', VRRP, " open\n";
        }
    }
    print "$_:", VRRP, " timeout\n" for keys %waiting;
}

if ($mode eq 'listen') { listening(@words) }
else {
    my @by_tcp = grep { !/:112$/ } @words;
    connecting(splice @by_tcp, 0, AT_ONCE) while @by_tcp;
    my @masters = map { /^(.*):112$/ ? $1 : () } @words;
    probing(@masters) if @masters;
}
