import type { Condition } from "../condition.ts";
import { now } from "./clock.ts";
import type { DrillSink, ProbeInfo, Sample } from "./events.ts";

interface Track {
  readonly info: ProbeInfo;
  samples: [from: number, ms: number, error: string | null][];
  lastFailure?: { readonly from: number; readonly to: number; readonly error: string };
  lastAnswer?: number;
}

/** Takes what probes tell, and passes it on in handfuls. */
export interface Recorder {
  readonly tell: (probe: string, from: number, ms: number, error: string | null) => void;
  /** Passes on what has not been passed on. */
  readonly flush: () => void;
  /** Every probe has been answered for `ms`, and nobody waits for an answer any more who asked before. */
  readonly steady: (ms: number, within: number, only?: (info: ProbeInfo) => boolean) => Condition;
  /** Which probes have not been answered for `ms`, and why, a sentence each. */
  readonly unanswered: (ms: number) => readonly string[];
}

/** A probe that has not been answered at all for as long as this does not work, ms. */
const SILENCE = 1500;

export function recorder(probes: readonly ProbeInfo[], sink: DrillSink): Recorder {
  const tracks = new Map<string, Track>(probes.map((info) => [info.id, { info, samples: [] }]));

  function unanswered(ms: number, since = 0, only: (info: ProbeInfo) => boolean = () => true): string[] {
    const moment = now();
    return [...tracks.values()].flatMap(({ info, lastAnswer, lastFailure }) => {
      const who = `${info.title} (${info.from})`;
      if (!only(info)) return [];
      if (lastFailure && lastFailure.to > Math.max(since, moment - ms)) return [`${who}: ${lastFailure.error}`];
      const silent = lastAnswer === undefined || lastAnswer < moment - SILENCE;
      return silent ? [`${who}: no answer for ${SILENCE / 1000} s`] : [];
    });
  }

  return {
    tell(probe, from, ms, error) {
      const track = tracks.get(probe);
      if (!track) return;
      track.samples.push([from, ms, error]);
      const to = from + ms;
      if (error === null) track.lastAnswer = Math.max(track.lastAnswer ?? 0, to);
      else if (to >= (track.lastFailure?.to ?? 0)) track.lastFailure = { from, to, error };
    },
    flush() {
      for (const [probe, track] of tracks) {
        const [first] = track.samples;
        if (!first) continue;
        const at = Math.min(...track.samples.map(([from]) => from));
        const samples = track.samples.map(([from, ms, error]): Sample => [from - at, ms, error]);
        track.samples = [];
        sink({ type: "probe.samples", at, probe, samples });
      }
    },
    steady(ms, within, only) {
      const since = now();
      return {
        title: `every client is served for ${ms / 1000} s`,
        within,
        holds: () => {
          const [first] = unanswered(ms, since, only);
          return Promise.resolve(first ?? (now() >= since + ms || "it looks well"));
        },
      };
    },
    unanswered: (ms) => unanswered(ms),
  };
}
