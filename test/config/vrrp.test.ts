import { describe, expect, it } from "vitest";
import { assertCheckDecides, CHECK_WEIGHT, vrrpPriorities } from "../../src/config/vrrp.ts";

describe("VRRP priorities", () => {
  it("follow the masters' order, so that the first is at home", () => {
    expect(vrrpPriorities(3)).toEqual([250, 240, 230]);
  });

  it.each([3, 5, 7, 9])("of %i masters put an unhealthy first one below a healthy last one", (masters) => {
    const priorities = vrrpPriorities(masters);
    expect(priorities[0] ?? 0).toBeGreaterThan(priorities.at(-1) ?? 0);
    expect((priorities[0] ?? 0) + CHECK_WEIGHT).toBeLessThan(priorities.at(-1) ?? 0);
  });

  it("of more masters than the weight can order are refused", () => {
    expect(() => vrrpPriorities(11)).toThrow(expect.objectContaining({ code: "E_INVENTORY" }));
  });

  it.each([
    [
      "the weight of the official example with a gap wider than it",
      [103, 101, 100],
      -2,
      /is not below a healthy master's/,
    ],
    ["a weight that only makes a tie", [110, 105, 100], -10, /is not below a healthy master's/],
    ["two that are the same: both would take the VIP", [100, 90, 90], -50, /same priority/],
    ["more than VRRP has", [255, 254, 253], -50, /within 1 to 254/],
    ["a sick one below VRRP's lowest", [60, 59, 50], -50, /within 1 to 254/],
  ])("are refused with %s", (_, priorities, weight, why) => {
    expect(() => assertCheckDecides(priorities, weight)).toThrow(
      expect.objectContaining({
        details: { hint: expect.any(String) as string, why: expect.stringMatching(why) as string },
      }),
    );
  });
});
