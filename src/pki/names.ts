import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { TripodError } from "../errors.ts";
import { type Asn1Node, sequence, tagged } from "./der.ts";

/** Alternative names in a form that can be compared: addresses in their shortest form, each name once. Certificates print ::1 as 0:0:0:0:0:0:0:1. */
export function canonicalSans(sans: readonly string[]): string[] {
  return [...new Set(sans.map(canonical))];
}

function canonical(san: string): string {
  return isIP(san) === 6 ? ipaddr.fromByteArray(ipaddr.parse(san).toByteArray()).toString() : san;
}

/** GeneralNames (RFC 5280, 4.2.1.6): an address as iPAddress, anything else as dNSName. Throws E_INTERNAL for anything that is neither. */
export function generalNames(sans: readonly string[]): Asn1Node {
  return sequence(...canonicalSans(sans).map(generalName));
}

function generalName(san: string): Asn1Node {
  if (isIP(san)) return tagged(7, Buffer.from(ipaddr.parse(san).toByteArray()));
  if (!/^[a-z0-9*][a-z0-9._-]*$/i.test(san))
    throw new TripodError(
      "E_INTERNAL",
      `“${san}” cannot be put into a certificate: it is neither a DNS name nor an address`,
    );
  return tagged(2, Buffer.from(san, "latin1"));
}

/** The alternative names of a certificate, from node:crypto's text: `DNS:m1, IP Address:10.0.0.11`. */
export function parseSans(subjectAltName: string | undefined): string[] {
  return canonicalSans((subjectAltName?.split(", ") ?? []).map((name) => name.replace(/^(DNS|IP Address):/, "")));
}
