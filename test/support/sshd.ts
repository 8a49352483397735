import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Algorithms, type Connection as ServerConnection, type ServerChannel } from "ssh2";
import { expect, onTestFinished } from "vitest";
import type { TripodError } from "../../src/errors.ts";
import type { SshTarget } from "../../src/inventory/cluster.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { connect, type ConnectOptions } from "../../src/remote/ssh.ts";

export interface KeyPair {
  readonly private: string;
  /** `type base64` */
  readonly public: string;
}

export interface SshdOptions {
  readonly hostKeys?: readonly KeyPair[];
  readonly refuseLogins?: boolean;
  /** Called before a login is let through. */
  readonly beforeLogin?: () => Promise<void>;
  /** Sessions of a connection beyond this many are refused; default 10, as sshd's MaxSessions. */
  readonly maxSessions?: number;
  /** What sudo says when it refuses; absent: it lets everybody become root. */
  readonly sudoSays?: string;
  /** Put before every command: what a login file would do. */
  readonly loginFile?: string;
  /** A real bash is the login shell, and this its ~/.bashrc, which it reads because it is started by an sshd. */
  readonly bashrc?: string;
  readonly forwarding?: boolean;
  /** What it has for each purpose; default: all that ssh2 has. */
  readonly algorithms?: Algorithms;
  readonly port?: number;
}

const GENERATE = {
  ed25519: () => ssh2.utils.generateKeyPairSync("ed25519"),
  ecdsa: () => ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }),
  rsa: () => ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 }),
};

export function newKey(type: keyof typeof GENERATE = "ed25519"): KeyPair {
  const made = GENERATE[type]();
  // ssh2 1.17 loses a leading zero byte: one ed25519 key in 256 cannot be read, by OpenSSH neither.
  if (ssh2.utils.parseKey(made.private) instanceof Error) return newKey(type);
  return { private: made.private, public: made.public.trim() };
}

/** An sshd that is gone when the test is over. */
export async function startSshd(options?: SshdOptions): Promise<Sshd> {
  const sshd = await Sshd.start(options);
  onTestFinished(() => sshd[Symbol.asyncDispose]());
  return sshd;
}

/** A connection to it that is closed when the test is over. */
export async function connected(sshd: Sshd, options?: ConnectOptions, target = sshd.target()): Promise<Connection> {
  const connection = await connect("m1", target, options);
  onTestFinished(() => connection[Symbol.asyncDispose]());
  return connection;
}

/** What comes true by itself, in this process or another. */
export function eventually<T>(value: () => T) {
  return expect.poll(value, { timeout: 20_000, interval: 10 });
}

/** The error a promise ends in. */
export function failure(work: Promise<unknown>): Promise<TripodError> {
  return work.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error as TripodError,
  );
}

/** An sshd in this process, for what a real one does not do on demand. Commands are run by the real `sh`. */
export class Sshd implements AsyncDisposable {
  /** Command lines as they arrived. */
  readonly commands: string[] = [];
  readonly logins: string[] = [];
  /** How many exit codes were sent. As with a real sshd, output of what the command left behind may follow. */
  exits = 0;
  /** The most sessions, and the most handshakes, that were under way at once. */
  most = { sessions: 0, handshakes: 0 };
  readonly folder = mkdtempSync(join(tmpdir(), "tripod-sshd-"));
  readonly clientKey = newKey();
  readonly hostKeys: readonly KeyPair[];
  readonly #options: SshdOptions;
  readonly #sockets = new Set<Socket>();
  readonly #children = new Set<ChildProcess>();
  readonly #tcp = createServer((socket) => this.#welcome(socket));
  readonly #ssh: ssh2.Server;
  #sessions = 0;
  #handshakes = 0;

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const sshd = new Sshd(options);
    sshd.#tcp.listen(options.port ?? 0, "127.0.0.1");
    await once(sshd.#tcp, "listening");
    sshd.write("id", `${sshd.clientKey.private}\n`);
    sshd.record(sshd.hostKeys);
    const says = options.sudoSays;
    sshd.write(
      "sudo",
      `#!/bin/sh\n${says ? `echo ${JSON.stringify(says)} >&2; exit 1` : 'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"'}\n`,
    );
    chmodSync(join(sshd.folder, "sudo"), 0o755);
    return sshd;
  }

  private constructor(options: SshdOptions) {
    this.#options = options;
    this.hostKeys = options.hostKeys ?? [newKey()];
    const { algorithms } = options;
    const hostKeys = this.hostKeys.map((key) => key.private);
    this.#ssh = new ssh2.Server({ hostKeys, algorithms }, (client) => this.#serve(client));
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** How a client that knows this sshd reaches it. */
  target(differing: Partial<SshTarget> = {}): SshTarget {
    return {
      address: "127.0.0.1",
      port: this.port,
      user: "root",
      identityFiles: [join(this.folder, "id")],
      agent: false,
      knownHostsFiles: [join(this.folder, "known_hosts")],
      ...differing,
    };
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Makes these the recorded keys, one a line. */
  record(keys: readonly KeyPair[]): void {
    this.write("known_hosts", keys.map((key) => `[127.0.0.1]:${this.port} ${key.public}\n`).join(""));
  }

  /** The cable is cut: every TCP connection ends at once. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The host falls silent: it reads and answers no more, and its connections stay open. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    for (const child of this.#children) child.kill("SIGKILL");
    this.#tcp.close();
    await once(this.#tcp, "close");
    rmSync(this.folder, { recursive: true });
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    this.most.handshakes = Math.max(this.most.handshakes, ++this.#handshakes);
    this.#ssh.injectSocket(socket);
  }

  #serve(client: ServerConnection): void {
    let own = 0;
    client.on("error", () => undefined);
    client.on("ready", () => this.#handshakes--);
    client.on("authentication", (login) => {
      const known = login.method === "publickey" && login.key.data.equals(publicBytes(this.clientKey));
      if (!known || this.#options.refuseLogins) {
        login.reject(["publickey"]);
        return;
      }
      if (login.signature) this.logins.push(login.username);
      void (this.#options.beforeLogin?.() ?? Promise.resolve()).then(() => login.accept());
    });
    client.on("session", (accept, reject) => {
      if (own >= (this.#options.maxSessions ?? 10)) {
        reject();
        return;
      }
      own++;
      this.most.sessions = Math.max(this.most.sessions, ++this.#sessions);
      const session = accept();
      session.on("close", () => {
        own--;
        this.#sessions--;
      });
      session.on("exec", (acceptExec, _, { command }) => this.#execute(acceptExec(), command));
    });
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      if (this.#options.forwarding === false) {
        reject();
        return;
      }
      // As OpenSSH's does it: that the other side has ended, or is broken, is told, and nothing is closed.
      const socket = connectTcp({ port: destPort, host: destIP, allowHalfOpen: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        const channel = accept();
        socket.on("error", () => channel.eof());
        socket.on("end", () => channel.eof());
        channel.on("error", () => socket.destroy());
        channel.on("close", () => socket.destroy());
        socket.pipe(channel, { end: false });
        channel.pipe(socket);
      });
    });
  }

  #execute(channel: ServerChannel, command: string): void {
    this.commands.push(command);
    const { bashrc, loginFile = "" } = this.#options;
    const env = { PATH: `${this.folder}:${process.env.PATH}`, HOME: this.folder, SSH_CLIENT: "127.0.0.1 1 22" };
    if (bashrc !== undefined) this.write(".bashrc", `${bashrc}\n`);
    const child = spawn(bashrc === undefined ? "sh" : "bash", ["-c", `${loginFile}\n${command}`], { env });
    this.#children.add(child);
    // A command that talks on after its channel was closed: each output is a stream of its own.
    for (const output of [channel, channel.stderr]) output.on("error", () => undefined);
    channel.on("close", () => child.kill("SIGKILL"));
    child.stdin.on("error", () => undefined);
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on("exit", (code, signal) => {
      if (signal) channel.exit(signal.slice(3));
      else channel.exit(code ?? 0);
      this.exits++;
    });
    child.on("close", () => {
      this.#children.delete(child);
      channel.end();
    });
  }
}

function publicBytes(key: KeyPair): Buffer {
  return Buffer.from(key.public.split(" ")[1] ?? "", "base64");
}
