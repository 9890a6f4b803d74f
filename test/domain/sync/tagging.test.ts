import { describe, expect, it } from '@jest/globals';
import { taggingAfter, type TaggingState } from '../../../domain/sync/tagging.ts';

const state = (isOff: boolean, shown: boolean | null): TaggingState => ({ isOff, shown });

describe('whether tags are written', () => {
  it.each([
    ['not when the settings say that tagging is off', { before: undefined, shown: false, isOff: true }],
    ['when the settings say nothing and nothing was tried', { before: undefined, shown: null, isOff: false }],
    ['when tagging was switched on', { before: state(true, false), shown: true, isOff: false }],
    [
      'when the settings say for the first time that it is on',
      { before: state(true, null), shown: true, isOff: false },
    ],
    [
      'not when tags were lost although the settings say that it is on',
      { before: state(true, true), shown: true, isOff: true },
    ],
    ['not when tags were lost and the settings say nothing', { before: state(true, null), shown: null, isOff: true }],
    ['not when the settings stop saying that it is on', { before: state(true, true), shown: null, isOff: true }],
  ])('%s', (_, { before, shown, isOff }) => {
    expect(taggingAfter(before, shown, false)).toEqual({ isOff, shown });
  });

  it('is tried again by a full sync, unless the settings say that tagging is off', () => {
    expect(taggingAfter(state(true, true), true, true).isOff).toBe(false);
    expect(taggingAfter(state(true, false), false, true).isOff).toBe(true);
  });
});
