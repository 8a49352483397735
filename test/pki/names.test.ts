import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import { canonicalSans, parseSans } from "../../src/pki/names.ts";

describe("the addresses of a certificate", () => {
  it("have the shortest form, as in an address bar, whichever of their groups are zero", () => {
    for (let zeros = 0; zeros < 256; zeros++) {
      const groups = Array.from({ length: 8 }, (_, index) => ((zeros >> index) & 1 ? "0" : `${index + 1}A`));
      const san = groups.map((group) => group.padStart(4, "0")).join(":");
      expect(canonicalSans([san])).toEqual([new URL(`http://[${san}]`).hostname.slice(1, -1)]);
    }
  });

  it.each(["10.0.0.11", "fd00::0011", "FD00:0:0:0:0:0:0:11", "::ffff:10.0.0.11", "64:ff9b::10.0.0.11", "fe80::1%eth0"])(
    "are those of the inventory, which may write %s",
    async (san) => {
      const now = new Date("2026-08-01T12:00:00Z");
      const common = { commonName: "m1", keys: "ecdsa-p256", validityDays: 365 } as const;
      const request = { ...common, usages: ["serverAuth"], sans: [san] } as const;
      const { certificate } = await issue(await createAuthority(common, now), request, now);
      expect(parseSans(new X509Certificate(certificate).subjectAltName)).toEqual(canonicalSans([san]));
    },
  );
});
