import { z } from "zod";

interface ContainerStatus {
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** The fields of a Pod object that Tripod reads; `podForm` is their form. */
export interface Pod {
  readonly metadata: {
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

const text = z.string().optional();

const containerStatuses = z.array(
  z.object({ state: z.object({ waiting: z.object({ reason: text, message: text }).optional() }).optional() }),
);

export const podForm = z.object({
  metadata: z.object({
    creationTimestamp: text,
    deletionTimestamp: text,
    ownerReferences: z.array(z.object({ uid: z.string() })).optional(),
  }),
  spec: z.object({ nodeName: text }).optional(),
  status: z
    .object({
      phase: text,
      podIP: text,
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: text })).optional(),
      initContainerStatuses: containerStatuses.optional(),
      containerStatuses: containerStatuses.optional(),
    })
    .prefault({}),
});

/** The first reason that pods report for not being ready, as the end of a sentence: `: image not found`, or nothing. */
export function whyNot(pods: readonly Pod[]): string {
  const reasons = pods.flatMap(({ status }) => [
    ...[...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
      ({ state }) => state?.waiting?.message ?? state?.waiting?.reason,
    ),
    ...(status.conditions ?? []).filter(({ status: holds }) => holds === "False").map(({ message }) => message),
  ]);
  const reason = reasons.find(Boolean);
  return reason ? `: ${reason}` : "";
}
