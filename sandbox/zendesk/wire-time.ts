import type { Clock } from '../core/clock.ts';

/** Returns the simulated time in whole unix seconds, which is the resolution of Zendesk's timestamps. */
export function nowS(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}

/** Returns unix seconds in Zendesk's format: ISO 8601 in UTC without a fraction. */
export function isoOf(unixS: number): string {
  return new Date(unixS * 1000).toISOString().replace('.000Z', 'Z');
}

/** Returns a time in the format of a job's message, which is not ISO: `2023-10-08 17:22:38 +0000`. */
export function jobTimeOf(unixS: number): string {
  return isoOf(unixS).replace('T', ' ').replace('Z', ' +0000');
}
