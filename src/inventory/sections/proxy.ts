import { z } from "zod";
import { distinct, textual } from "../scalars.ts";

const proxyUrl = textual(
  "URL",
  /^https?:\/\/[^\s/?#@:]+(?::\d{1,5})?\/?$/,
  "a proxy's URL without a user and a path, such as http://proxy.example.org:3128",
);

export const proxy = z
  .strictObject({
    http: proxyUrl
      .optional()
      .describe("For http:// addresses.")
      .meta({ examples: ["http://proxy.example.org:3128"] }),
    https: proxyUrl
      .optional()
      .describe("For https:// addresses: releases and images.")
      .meta({ examples: ["http://proxy.example.org:3128"] }),
    no: distinct(textual("name", /^[^\s,"'\\$`%]+$/, "a name, an address or a subnet"))
      .default([])
      .describe("What is reached directly, in addition to the machines, the VIP, pods and services.")
      .meta({ examples: [["registry.example.org"]] }),
  })
  .optional()
  .describe(
    "The proxy through which hosts fetch packages, releases and images. What goes to the cluster itself never goes through it.",
  )
  .meta({ life: "any time" });
