import { z } from "zod";
import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { parsedJson } from "./json.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";

/** The name of the record, a ConfigMap in kube-system, and of the workload whose result it holds. */
export const VERIFY = "tripod-verify";

/** The result of the check that every host reaches the pods of the others. It is stored in the cluster, so that a failure outlives the run that saw it. */
export interface VerifyRecord {
  /** `due`: the check has to run, or is running: after a change the result is not known yet. */
  readonly result: "reached" | "failed" | "due";
  /** For a failure: what did not answer. One line. */
  readonly why?: string;
  /** When it was written, ISO 8601. */
  readonly at?: string;
}

/** Longest reason, characters. */
const LONGEST = 500;

/** The record, or why it is not known. Where there is no cluster, or no record yet, the check is due. */
export async function readVerifyRecord(leader: Host): Promise<VerifyRecord | string> {
  const get = kubectl(leader, `-n kube-system get configmap ${VERIFY} --ignore-not-found -o json`);
  const { code, stdout, stderr } = await leader.read(`[ ! -f ${ADMIN_CONF} ] || ${get}`);
  if (code !== 0) return lastLine(stderr, "the API server does not answer");
  if (!stdout.trim()) return { result: "due" };
  const object = parsedJson(leader, "`kubectl get configmap`", stdout, z.looseObject({}));
  return "why" in object ? object.why : verifyRecordIn(object.value);
}

/** @throws TripodError E_COMMAND where the API server does not accept it */
export async function recordVerify(leader: Host, { result, why }: Omit<VerifyRecord, "at">): Promise<void> {
  const data = { result, ...(why && { why: oneLine(why) }), at: new Date().toISOString() };
  const record = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: VERIFY, namespace: "kube-system" }, data };
  await runKubectl(leader, "apply -f - >/dev/null", { input: JSON.stringify(record) });
}

/** @param object the ConfigMap. Anyone who may write ConfigMaps may have written it: a record in another form than Tripod's counts as due */
export function verifyRecordIn(object: unknown): VerifyRecord {
  const data = (object as { data?: Readonly<Record<string, unknown>> | null } | undefined)?.data ?? {};
  const { result, why, at } = data;
  if (result !== "reached" && result !== "failed") return { result: "due" };
  return {
    result,
    ...(typeof why === "string" && why && { why: oneLine(why) }),
    ...(typeof at === "string" && /^[\d-]{10}T[\d:.]{8,12}Z$/.test(at) && { at }),
  };
}

/** Printable and bounded: no line breaks, no control characters. */
function oneLine(text: string): string {
  const lines = text.split("\n").map((each) => each.trim());
  const sentences = lines.filter(Boolean).join("; ");
  const line = sentences.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
