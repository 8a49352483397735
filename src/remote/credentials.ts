import { readFile } from "node:fs/promises";
import ssh2, { type AnyAuthMethod } from "ssh2";
import type { SshTarget } from "../inventory/cluster.ts";
import { Agent } from "./agent.ts";
import { quote } from "./shell.ts";

/** How long Tripod waits for the agent, ms. */
const AGENT_WITHIN = 3_000;

/** The ways to log in, in the order in which they are tried. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[];
  /** Signs during the login. */
  readonly agent?: Agent;
  /** One line for each key file and the agent: its type, or why it cannot be used. */
  readonly account: readonly string[];
  /** What to do about the first one that cannot be used. */
  readonly hint?: string;
}

type Credential = { method?: AnyAuthMethod; agent?: Agent; account: string; hint?: string };

/**
 * Reads the key files and asks the agent. A key that cannot be used, or an agent that does not answer, is not an error yet: the next
 * key may be accepted, and an encrypted key is often in the agent. Explicit files come first, because sshd counts every key that an
 * agent offers (MaxAuthTries).
 */
export async function loadCredentials(target: SshTarget): Promise<Credentials> {
  const { user: username, identityFiles, agent } = target;
  const found = await Promise.all([
    ...identityFiles.map((file) => fromFile(file, username)),
    ...(agent ? [fromAgent(process.env.SSH_AUTH_SOCK, username)] : []),
  ]);
  return {
    agent: found.find(({ agent }) => agent)?.agent,
    methods: found.flatMap(({ method }) => method ?? []),
    account: found.length > 0 ? found.map(({ account }) => account) : ["no key file is set, and no agent is used"],
    hint: found.find(({ hint }) => hint)?.hint,
  };
}

async function fromFile(file: string, username: string): Promise<Credential> {
  const text = await readFile(file).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (text instanceof Error) return { account: `${file}: ${text.code === "ENOENT" ? "no such file" : text.message}` };
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    return /encrypted|passphrase/i.test(key.message)
      ? { account: `${file}: encrypted`, hint: `give the encrypted key to ssh-agent: ssh-add ${quote(file)}` }
      : {
          account: `${file}: not a readable private key (${key.message})`,
          hint: `convert the key to OpenSSH's format: ssh-keygen -p -f ${quote(file)}`,
        };
  }
  if (!key.isPrivateKey()) return { account: `${file}: a public key; set the private one` };
  return { method: { type: "publickey", username, key: text }, account: `${file}: ${key.type}, refused` };
}

async function fromAgent(path: string | undefined, username: string): Promise<Credential> {
  const hint = 'start one (eval "$(ssh-agent)"; ssh-add), or set a key file in the inventory';
  if (!path) return { account: "agent: none, because SSH_AUTH_SOCK is not set" };
  const agent = new Agent(path);
  const keys = await agent.countKeys(AGENT_WITHIN);
  if (keys instanceof Error) return { account: `agent: does not answer at ${path} (${keys.message})`, hint };
  if (keys === 0) return { account: "agent: holds no keys", hint: "add a key to the agent: ssh-add" };
  return {
    method: { type: "agent", username, agent },
    agent,
    account: `agent: ${keys} ${keys === 1 ? "key" : "keys"}, refused`,
  };
}
