import { describe, expect, it } from '@jest/globals';
import { nearestNames } from '../../../domain/sync/nearest-names.ts';

describe('the nearest names', () => {
  const names = ['usmf', 'ussi', 'usrt', 'demf', 'frrt'];

  it.each([
    ['umsf', ['ussi', 'usmf']],
    ['usm', ['usmf', 'usrt']],
    ['usmff', ['usmf', 'demf']],
    ['frtt', ['frrt', 'usrt']],
    ['demf1', ['demf', 'usmf']],
  ])('to %s are %j', (typed, nearest) => {
    expect([...nearestNames(typed, names, 2)].sort()).toEqual([...nearest].sort());
  });

  it('are sorted where they differ as much, and are no more than there are', () => {
    expect(nearestNames('xxxx', names, 3)).toEqual(['demf', 'frrt', 'usmf']);
    expect(nearestNames('xxxx', ['b', 'a'], 3)).toEqual(['a', 'b']);
    expect(nearestNames('', [], 3)).toEqual([]);
  });
});
