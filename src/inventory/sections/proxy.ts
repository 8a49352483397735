import { z } from "zod";
import { distinct, textual } from "../scalars.ts";
import { shown } from "../shown.ts";

const URL_FORM = /^https?:\/\/[^\s/?#@:]+(?::\d{1,5})?\/?$/;

const proxyUrl = z
  .string()
  .superRefine((text, context) => {
    if (URL_FORM.test(text)) return;
    const login = /^(?:https?:\/\/)?[^\s/]*@/.test(text);
    // The value may contain a password: it is not shown.
    const message = login
      ? "a proxy with a user or password is not supported: every user of a host could read them in its files"
      : `${shown(text)} is not the URL of a proxy, its scheme, host and port: http://proxy.example.org:3128`;
    context.addIssue({
      code: "custom",
      message,
      params: login ? { hint: "let the proxy allow the hosts by their addresses, and remove user and password" } : {},
    });
  })
  .meta({ pattern: URL_FORM.source, title: "URL" });

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
