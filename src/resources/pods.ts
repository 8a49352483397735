/** The parts of a Pod object that Tripod looks at. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly state: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

/** The first reason that pods themselves give for not being ready, as the tail of a sentence: `: image not found`, or nothing. */
export function whyNot(pods: readonly Pod[]): string {
  const reasons = pods.flatMap(({ status }) => [
    ...(status.containerStatuses ?? []).map(({ state }) => state.waiting?.message ?? state.waiting?.reason),
    ...(status.conditions ?? []).filter(({ status: holds }) => holds === "False").map(({ message }) => message),
  ]);
  const reason = reasons.find(Boolean);
  return reason ? `: ${reason}` : "";
}
