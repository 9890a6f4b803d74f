import { describe, expect, it } from '@jest/globals';
import { isHiddenLost, isSentSmaller, isShownLost, JOB_WAITS, nextQuestion } from '../../../domain/sync/job-watch.ts';

/** The ages at which the workflow polls a slice whose jobs do not end, in milliseconds. */
const POLLS = [1, 3, 7, 15, 30, 60, 90, 120, 150, 180, 210, 240].map((seconds) => seconds * 1_000);

/** Returns the questions about a job that is never shown and has no records, with their ages in seconds. */
function questionsUntilLost(): string[] {
  const asked: string[] = [];
  for (const ageMs of POLLS) {
    const job = { misses: asked.length, ageMs, quietMs: ageMs };
    const question = nextQuestion(job, JOB_WAITS);
    if (question === null) continue;
    asked.push(`${ageMs / 1_000} ${question}`);
    if (isHiddenLost(job, question, JOB_WAITS)) return [...asked, 'lost'];
  }
  return asked;
}

describe('a bulk job that Zendesk does not show', () => {
  it('is asked for twice in the first minute, and is lost after three minutes', () => {
    expect(questionsUntilLost()).toEqual([...['1 status', '7 records', '90 both', '150 both', '210 both', 'lost']]);
  });

  it('is not lost before its records were asked for, however old it is', () => {
    const job = { misses: 0, ageMs: 86_400_000, quietMs: 0 };
    expect(nextQuestion(job, JOB_WAITS)).toBe('status');
    expect(isHiddenLost(job, 'status', JOB_WAITS)).toBe(false);
    expect(isHiddenLost(job, 'both', JOB_WAITS)).toBe(true);
  });
});

describe('a bulk job that Zendesk shows', () => {
  const minutes = (count: number) => count * 60_000;
  it.each([
    ['waits while it makes progress', 'working', { ageMs: minutes(59), quietMs: minutes(1), isLost: false }],
    ['is lost when it works without progress', 'working', { ageMs: minutes(20), quietMs: minutes(16), isLost: true }],
    ['waits while it is queued', 'queued', { ageMs: minutes(59), quietMs: minutes(59), isLost: false }],
    ['is lost after an hour in the queue', 'queued', { ageMs: minutes(61), quietMs: minutes(61), isLost: true }],
    ['is lost after an hour of going back and forth', 'working', { ageMs: minutes(61), quietMs: 0, isLost: true }],
    ['is lost with an unknown status', 'paused', { ageMs: minutes(20), quietMs: minutes(16), isLost: true }],
  ])('%s', (_, status, { isLost, ...times }) => {
    expect(isShownLost({ misses: 0, ...times }, status, JOB_WAITS)).toBe(isLost);
  });
});

describe('rows that Zendesk does not have', () => {
  it('are never sent in smaller jobs because a job was lost', () => {
    expect([0, 1, 4].map((round) => isSentSmaller('lost', round))).toEqual([false, false, false]);
  });

  it('are sent in smaller jobs after a job that has ended, a second error, or a fourth silence', () => {
    const smaller = (end: Parameters<typeof isSentSmaller>[0]) =>
      [0, 1, 2, 3].map((round) => isSentSmaller(end, round));
    expect(smaller('ended')).toEqual([true, true, true, true]);
    expect(smaller('error')).toEqual([false, true, true, true]);
    expect(smaller('unanswered')).toEqual([false, false, false, true]);
  });
});
