import { SCENARIO_NAMES, type ScenarioName } from "../inventory/sections/drill.ts";
import type { Scenario } from "./scenario.ts";
import { apiServerHolder } from "./scenarios/api-server-holder.ts";
import { apiServerOther } from "./scenarios/api-server-other.ts";
import { clock } from "./scenarios/clock.ts";
import { cutEtcd } from "./scenarios/cut-etcd.ts";
import { cutHolder } from "./scenarios/cut-holder.ts";
import { cutMaster } from "./scenarios/cut-master.ts";
import { cutVrrp } from "./scenarios/cut-vrrp.ts";
import { diskFull } from "./scenarios/disk-full.ts";
import { etcdFollower } from "./scenarios/etcd-follower.ts";
import { etcdLeader } from "./scenarios/etcd-leader.ts";
import { haproxyHolder } from "./scenarios/haproxy-holder.ts";
import { keepalivedHolder } from "./scenarios/keepalived-holder.ts";
import { kubelet } from "./scenarios/kubelet.ts";
import { latency } from "./scenarios/latency.ts";
import { loss } from "./scenarios/loss.ts";
import { powerHolder } from "./scenarios/power-holder.ts";
import { powerMaster } from "./scenarios/power-master.ts";
import { powerWorker } from "./scenarios/power-worker.ts";
import { quorum } from "./scenarios/quorum.ts";

const BY_NAME: Readonly<Record<ScenarioName, Scenario>> = {
  "api-server-holder": apiServerHolder,
  "api-server-other": apiServerOther,
  "keepalived-holder": keepalivedHolder,
  "haproxy-holder": haproxyHolder,
  "etcd-follower": etcdFollower,
  "etcd-leader": etcdLeader,
  kubelet,
  "power-holder": powerHolder,
  "power-master": powerMaster,
  "power-worker": powerWorker,
  "cut-master": cutMaster,
  "cut-holder": cutHolder,
  "cut-vrrp": cutVrrp,
  "cut-etcd": cutEtcd,
  loss,
  latency,
  "disk-full": diskFull,
  clock,
  quorum,
};

/** All scenarios, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = SCENARIO_NAMES.map((name) => BY_NAME[name]);
