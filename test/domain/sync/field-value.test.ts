import { describe, expect, it } from '@jest/globals';
import { readErpValue, sameValue, textValue, type FieldValue } from '../../../domain/sync/field-value.ts';

describe('a value of F&O', () => {
  it.each<[FieldValue, FieldValue]>([
    ['Seattle', 'Seattle'],
    [' Seattle ', 'Seattle'],
    ['Two\r\nlines\tand\u0000more', 'Two lines and more'],
    ['', null],
    [' \r\n ', null],
    [null, null],
    [0, 0],
    [1_500.5, 1_500.5],
    [-3, -3],
    [true, true],
    [false, false],
    ['No', 'No'],
    ['0', '0'],
  ])('served as %j is read as %j', (served, value) => {
    expect(readErpValue(served)).toBe(value);
  });

  it.each<[string, FieldValue]>([
    ['2026-03-04T12:00:00Z', '2026-03-04T12:00:00Z'],
    ['2026-03-04T07:08:09.25Z', '2026-03-04T07:08:09.25Z'],
    ['1900-01-01T12:00:00Z', null],
    ['1900-01-01T00:00:00Z', null],
    ['2154-12-31T23:59:59Z', null],
    ['1900-01-02T12:00:00Z', '1900-01-02T12:00:00Z'],
    ['1900-01-01', '1900-01-01'],
    ['Until 2154-12-31T00:00:00Z', 'Until 2154-12-31T00:00:00Z'],
  ])('served as the date %j is read as %j', (served, value) => {
    expect(readErpValue(served)).toBe(value);
  });
});

describe('a value as text', () => {
  it.each<[FieldValue, string | null]>([
    [null, null],
    ['', null],
    ['Seattle', 'Seattle'],
    [0, '0'],
    [1_500.5, '1500.5'],
    [2_000, '2000'],
    [true, 'true'],
    [false, 'false'],
    ['2026-03-04T12:00:00Z', '2026-03-04'],
    ['2026-03-04T07:08:09.25Z', '2026-03-04'],
    ['2026-03-04', '2026-03-04'],
    ['Delivered 2026-03-04T12:00:00Z', 'Delivered 2026-03-04T12:00:00Z'],
  ])('of %j is %j', (value, text) => {
    expect(textValue(value)).toBe(text);
  });
});

describe('two values', () => {
  it.each<[FieldValue, FieldValue]>([
    ['Seattle', 'Seattle'],
    [' Seattle', 'Seattle '],
    ['', null],
    ['  ', null],
    [null, null],
    [7, 7],
    [false, false],
  ])('%j and %j are the same to Zendesk', (one, other) => {
    expect(sameValue(one, other)).toBe(true);
    expect(sameValue(other, one)).toBe(true);
  });

  it.each<[FieldValue, FieldValue]>([
    ['Seattle', 'SEATTLE'],
    ['Seattle', null],
    ['a b', 'a  b'],
    [7, '7'],
    [0, null],
    [0, false],
    [false, null],
    ['true', true],
  ])('%j and %j differ', (one, other) => {
    expect(sameValue(one, other)).toBe(false);
    expect(sameValue(other, one)).toBe(false);
  });
});
