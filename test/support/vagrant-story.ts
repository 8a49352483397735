import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./programs.ts";
import type { Said } from "./tripod.ts";

const root = join(import.meta.dirname, "../..");
const MAIN = join(root, "dist/cli/main.js");

/** The sample inventory's machines under another name and with wider limits of the drill, in a network namespace of their own that has nothing but a bridge. */
export interface VagrantStory extends AsyncDisposable {
  /** `tripod vagrant box`, for this story alone. */
  readonly makeBox: () => Promise<unknown>;
  /** `tripod … -i` this inventory, with Tripod's and Vagrant's files in a folder of the story's own. */
  readonly tripod: (...args: string[]) => Promise<Said>;
  /** The same, where anything but success fails the test with all that was said. */
  readonly tripodMust: (...args: string[]) => Promise<string>;
  /** `vagrant …`, in the Vagrantfile's folder; must succeed too. */
  readonly vagrant: (...args: string[]) => Promise<string>;
}

/** LXC looks for the bridge in /sys/class/net: the same three steps as the lab's, in src/lab/lxc.ts. */
const WITH_SYSFS = `mount -t sysfs sysfs /mnt && mount --rbind /sys/fs/cgroup /mnt/fs/cgroup && mount --move /mnt /sys && exec "$@"`;

/** Vagrant takes its share of the processors that all these machines have between them: this is no place to measure. */
const LIMITS = ["vip", "apiLive", "apiRead", "apiWrite", "watch", "service", "nodePort"].map((name) => `${name}: 15s`);

const BRIDGE = `
set -e
ip link set lo up
ip link add tripod0 type bridge
ip address add 192.168.56.1/24 dev tripod0
ip link set tripod0 up
echo 0 >/proc/sys/net/ipv4/ip_forward
for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$file" ] || echo 0 >"$file"; done
`;

export function vagrantStory(name: string): VagrantStory {
  const namespace = `tripod.${name}`;
  const inside = ["nsenter", `--net=/run/netns/${namespace}`];
  const within = [...inside, "unshare", "--mount", "--propagation", "private", "sh", "-c", WITH_SYSFS, "sh"];
  takeAway(name);
  outside("ip", "netns", "add", namespace);
  outside(...inside, "sh", "-c", BRIDGE);

  const folder = mkdtempSync(join(tmpdir(), `tripod-${name}-`));
  const inventory = join(folder, `${name}.yaml`);
  const sample = readFileSync(join(root, "inventories/vagrant.yaml"), "utf8");
  const ours = sample.replace(/^name: .*/m, `name: ${name}`).replace("../vagrant\n", `${join(root, "vagrant")}\n`);
  writeFileSync(inventory, `${ours}\ndrill: { limits: { ${LIMITS.join(", ")} } }\n`);
  const env = {
    ...process.env,
    INVENTORY: inventory,
    VAGRANT_HOME: join(folder, "vagrant.d"),
    VAGRANT_DOTFILE_PATH: join(folder, "dotfiles"),
    VAGRANT_DEFAULT_PROVIDER: "lxc",
    XDG_STATE_HOME: join(folder, "state"),
    CI: "1",
    NO_COLOR: "1",
  };

  async function call(program: string, ...args: string[]): Promise<Said> {
    const [first = "", ...rest] = [...within, program, ...args];
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn(first, rest, { cwd: join(root, "vagrant"), stdio: [...stdio], env, timeout: 600_000 });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? 1, ...said };
  }
  async function must(program: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await call(program, ...args);
    if (code === 0) return stdout;
    throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stderr}\n${stdout.slice(-4000)}`);
  }
  return {
    makeBox: () => must(process.execPath, MAIN, "vagrant", "box", "--install"),
    tripod: (...args) => call(process.execPath, MAIN, ...args, "-i", inventory),
    tripodMust: (...args) => must(process.execPath, MAIN, ...args, "-i", inventory),
    vagrant: (...args) => must("vagrant", ...args),
    async [Symbol.asyncDispose]() {
      takeAway(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A story's machines, whole or half: LXC's control sockets are abstract, so they can be ended from their own network namespace only. */
export function takeAway(name: string): void {
  const namespace = `tripod.${name}`;
  const file = `/run/netns/${namespace}`;
  if (!existsSync(file)) return;
  const there = (...args: string[]) => run("nsenter", `--net=${file}`, ...args);
  const containers = there("lxc-ls", "-1")
    .said.split("\n")
    .map((line) => line.trim());
  for (const container of containers.filter((each) => each.startsWith(`${name}-`)))
    there("lxc-destroy", "--force", `--name=${container}`);
  there("ip", "link", "delete", "tripod0");
  run("ip", "netns", "delete", namespace);
}

function outside(...[program = "", ...args]: string[]): void {
  const { code, said } = run(program, ...args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`);
}
