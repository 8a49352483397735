import { z } from "zod";
import type { Path, Problem } from "../problem.ts";
import { DOMAIN_PATTERN, distinct, machineName, integer, ipv4, path, saying, sshAddress, textual } from "../scalars.ts";
import { shown } from "../shown.ts";
import { vagrantMachine } from "./vagrant.ts";

type TaintEffect = "NoSchedule" | "PreferNoSchedule" | "NoExecute";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: TaintEffect;
}

/** Kubernetes' qualified names: [domain/]name, and the values of labels and taints. */
const QUALIFIED = /^(?:([^/]+)\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const EFFECTS: readonly TaintEffect[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
/** The kubelet sets these itself whenever it starts. */
const KUBELET_LABELS = ["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"];

/** Taints that the node controller, the cloud controller and `kubectl cordon` add and remove themselves (well-known taints of Kubernetes). */
const CONTROLLERS_TAINTS =
  /^node\.kubernetes\.io\/(?:not-ready|unreachable|memory-pressure|disk-pressure|pid-pressure|network-unavailable|unschedulable)$|^node\.cloudprovider\.kubernetes\.io\//;

function isQualified(key: string): boolean {
  const [whole, prefix] = QUALIFIED.exec(key) ?? [];
  return whole !== undefined && (prefix === undefined || DOMAIN_PATTERN.test(prefix));
}

const labels = z.record(
  z
    .string()
    .refine(isQualified, { error: saying("a label's key, such as tier or example.org/tier"), abort: true })
    .refine((key) => !KUBELET_LABELS.includes(key), {
      error: ({ input }) => `the kubelet sets ${String(input)} itself`,
    }),
  z.string().regex(VALUE, { error: saying("a label's value: at most 63 letters, digits, - _ .") }),
);

function parseTaint(text: string): Taint | undefined {
  const [, key = "", value, effectText] = /^([^=:]+)(?:=([^=:]*))?:(\w+)$/.exec(text) ?? [];
  const effect = EFFECTS.find((known) => known === effectText);
  if (!effect || !isQualified(key) || !VALUE.test(value ?? "")) return undefined;
  return { key, ...(value !== undefined && value !== "" && { value }), effect };
}

const taint = z
  .string()
  .transform((text, context): Taint => {
    const parsed = parseTaint(text);
    if (parsed) return parsed;
    context.addIssue({
      code: "custom",
      message: `${shown(text)} is not a taint: key[=value]:Effect, where Effect is one of ${EFFECTS.join(", ")}`,
    });
    return z.NEVER;
  })
  .meta({ title: "taint" });

const login = {
  user: textual("user", /^[A-Za-z_][-A-Za-z0-9_.@\\]*\$?$/, "a user's name")
    .optional()
    .describe("The login user: root, or a user with sudo without a password. Default: root.")
    .meta({ examples: ["root"] }),
  port: integer(1, 65_535)
    .optional()
    .describe("sshd's port. Default: 22.")
    .meta({ examples: [22] }),
  key: path
    .optional()
    .describe("A private key file. Default: as ssh does, those of ~/.ssh/id_ed25519, id_ecdsa and id_rsa that exist.")
    .meta({ examples: ["~/.ssh/id_ed25519"] }),
  keys: distinct(path)
    .min(1, { error: "is empty: remove it to use ssh's defaults" })
    .optional()
    .describe("Several private key files instead of `key`, tried in order.")
    .meta({ examples: [["~/.ssh/id_ed25519", "./keys/old"]] }),
  agent: z
    .boolean()
    .optional()
    .describe("Whether the agent at $SSH_AUTH_SOCK, if there is one, is used too. Default: true.")
    .meta({ examples: [true] }),
  knownHosts: distinct(path)
    .min(1, { error: "is empty: without a file every host key is unknown" })
    .optional()
    .describe("Files in OpenSSH's known_hosts format; a host in none of them is refused. Default: ~/.ssh/known_hosts.")
    .meta({ examples: [["~/.ssh/known_hosts"]] }),
};

const bastion = z
  .strictObject({
    address: sshAddress.describe("The bastion's address or name.").meta({ examples: ["bastion.example.org"] }),
    ...login,
  })
  .optional()
  .describe(
    "A jump host: an address, and the keys of `ssh`. Login keys that are not set here are those of the map that contains it.",
  );

export const ssh = z
  .strictObject({
    ...login,
    bastion,
    vagrant: path
      .optional()
      .describe(
        "The folder of the Vagrantfile that defines these machines, instead of all other keys: `vagrant ssh-config` sets how each is " +
          "reached, by its name here.",
      )
      .meta({ examples: ["../vagrant"] }),
  })
  .prefault({})
  .describe("How SSH connects to all machines that do not set it themselves.")
  .meta({ life: "operator's side" });

export const machine = z.strictObject({
  name: machineName
    .describe("Hostname and node name: lower case, at most 63 characters.")
    .meta({ life: "at creation", examples: ["m1"] }),
  address: ipv4
    .describe("The IPv4 address that the cluster uses.")
    .meta({ life: "at creation", examples: ["10.0.0.11"] }),
  labels: labels
    .default({})
    .describe("Labels of its node.")
    .meta({ life: "any time", examples: [{ tier: "storage" }] }),
  taints: z
    .array(taint)
    .prefault([])
    .describe("Taints of its node, as kubectl writes them.")
    .meta({ life: "any time", examples: [["dedicated=gpu:NoSchedule"]] }),
  ssh: z
    .strictObject({
      address: sshAddress
        .optional()
        .describe("Where SSH connects instead of `address`.")
        .meta({ examples: ["203.0.113.21"] }),
      ...login,
      bastion,
    })
    .prefault({})
    .describe("How SSH connects to this machine: the keys of `ssh`, each replacing the cluster's, and an address.")
    .meta({ life: "operator's side" }),
  vagrant: vagrantMachine
    .describe("How `vagrant up` creates this machine: each key replaces the cluster's.")
    .meta({ life: "operator's side" }),
});

export function* machineRules(at: Path, { taints = [] }: Partial<z.output<typeof machine>>): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [index, { key, effect }] of taints.entries()) {
    if (CONTROLLERS_TAINTS.test(key))
      yield {
        path: [...at, "taints", index],
        message: `the node controller adds and removes ${key} itself`,
        hint: "choose another key, such as example.org/reserved",
      };
    if (seen.has(`${key}:${effect}`))
      yield { path: [...at, "taints", index], message: `duplicate taint ${key} with ${effect}` };
    seen.add(`${key}:${effect}`);
  }
}

export function* sshRules(at: Path, settings: Partial<z.output<typeof ssh>>): Iterable<Problem> {
  for (const [where, { key, keys }] of [
    [at, settings],
    [[...at, "bastion"], settings.bastion ?? {}],
  ] as const)
    if (key !== undefined && keys !== undefined)
      yield { path: [...where, "keys"], at: "key", message: "both `key` and `keys`: set one of them" };
}
