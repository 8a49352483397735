import { isIP } from "node:net";
import { z } from "zod";
import { formatSubnet, isUnicast, isUnicastSubnet, parseAddress, parseSubnet, subnetAround } from "./addresses.ts";
import { DURATION, parseDuration } from "./duration.ts";
import { shown } from "./shown.ts";

/** RFC 1123 in lower case, as Kubernetes wants names: one label, or several with dots. */
const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const LABEL_PATTERN = new RegExp(`^${LABEL}$`);
export const DOMAIN_PATTERN = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
/** The name of a machine. A last label of only digits is a mistyped address, 10.0.0.300 (RFC 1123, 2.1). */
export const HOST_PATTERN = new RegExp(`^(?!(?:.*\\.)?\\d+$)${DOMAIN_PATTERN.source.slice(1)}`);

/** Text of a given form. `form` completes the sentence "… is not". */
export function textual(title: string, pattern: RegExp, form: string) {
  return z
    .string()
    .regex(pattern, { error: saying(form), abort: true })
    .meta({ title });
}

/** The message of a failed check: the given value and the expected form. */
export function saying(form: string) {
  return ({ input }: { input?: unknown }) => `${shown(input)} is not ${form}`;
}

export function integer(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int().min(least, { error }).max(most, { error });
}

export const label = textual(
  "name",
  LABEL_PATTERN,
  "a DNS label: at most 63 lower-case letters, digits and hyphens, with a letter or digit first and last",
);

export const domain = textual("domain", DOMAIN_PATTERN, "a DNS name in lower case, such as cluster.local");

export const machineName = textual(
  "hostname",
  HOST_PATTERN,
  "a hostname: lower-case letters, digits, hyphens and dots (RFC 1123)",
)
  .max(63, { error: "is longer than the 63 characters of a hostname" })
  .refine((name) => name !== "localhost", { error: saying("a name that belongs to one machine only") });

/** A name that the kernel accepts for a network interface. */
export const networkInterface = textual(
  "interface",
  /^[^\s/:]{1,15}$/,
  "the name of a network interface, such as eth0",
);

export const ipv4 = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, {
    error: saying("an IPv4 address such as 10.0.0.11"),
    abort: true,
  })
  .refine((text) => isUnicast(parseAddress(text) ?? 0), { error: saying("a unicast address that a machine can use") })
  .meta({ title: "IPv4 address", format: "ipv4" });

const anySubnet = z
  .string()
  .refine((text) => parseSubnet(text) !== undefined, {
    error: saying("an IPv4 subnet such as 10.244.0.0/16"),
    abort: true,
  })
  .meta({ title: "IPv4 subnet" });

function checkBlock(text: string, context: z.RefinementCtx): void {
  const block = parseSubnet(text);
  if (block && formatSubnet(block) !== text)
    context.addIssue({ code: "custom", message: `${shown(text)} has host bits: write ${formatSubnet(block)}` });
  else if (block && !isUnicastSubnet(block))
    context.addIssue({ code: "custom", message: `${shown(text)} is not a subnet whose addresses machines may have` });
}

export const subnet = anySubnet.superRefine(checkBlock).meta({ title: "IPv4 subnet" });

/**
 * A subnet whose prefix has limits. They are checked before its host bits: what the hint about these names must not be too large.
 * @param least the shortest prefix, of the largest subnet
 * @param reason of the limits
 */
export function subnetWithin(least: number, most: number, reason: string) {
  return anySubnet
    .superRefine((text, context) => {
      const block = parseSubnet(text);
      if (!block) return;
      if (least <= block.prefix && block.prefix <= most) {
        checkBlock(text, context);
        return;
      }
      const address = parseAddress(text.split("/")[0]) ?? block.first;
      const near = formatSubnet(subnetAround(address, block.prefix < least ? least : most));
      context.addIssue({
        code: "custom",
        message: `cannot be a /${block.prefix}: ${reason}`,
        params: { hint: `write for instance ${near}` },
      });
    })
    .meta({ title: "IPv4 subnet" });
}

/** Where SSH connects: an IPv4 or IPv6 address, or a name. */
export const sshAddress = z
  .string()
  .refine((text) => isIP(text) !== 0 || HOST_PATTERN.test(text.toLowerCase()), {
    error: saying("an address or a hostname"),
  })
  .meta({ title: "address or hostname" });

/** A length of time; the parsed value is in ms. */
export const duration = textual("duration", DURATION, "a duration such as 300ms, 1.5s, 10m, 12h or 30d")
  .refine((text) => parseDuration(text) !== undefined, { error: saying("a whole number of milliseconds above zero") })
  .transform((text) => parseDuration(text) ?? 0);

/** A length of time in whole days; the parsed value is in days. */
export const days = textual("days", /^[1-9]\d{0,3}d$/, "a number of days such as 365d").transform((text) =>
  parseInt(text, 10),
);

export const path = textual("path", /^(?!~[^/])[^\0\r\n]+$/, "a path: only ~/… may begin with a tilde");

/** A list without duplicates. */
export function distinct<T extends z.ZodType>(item: T) {
  return z.array(item).superRefine((values, context) => {
    const said = new Set<unknown>();
    values.forEach((value, index) => {
      if (said.has(value)) context.addIssue({ code: "custom", path: [index], message: `repeats ${shown(value)}` });
      said.add(value);
    });
  });
}
