import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule, timeZoneError } from '../../../src/engine/controllers/cronjob/schedule';

const next = (expression: string, after: string, zone?: string): string => {
  const schedule = parseSchedule(expression, zone);
  if ('error' in schedule) return schedule.error;
  const found = schedule.next(Date.parse(after));
  return found === undefined ? 'never' : new Date(found).toISOString().slice(0, 16);
};

test('next times', () => {
  const cases: readonly [string, string, string, string?][] = [
    ['* * * * *', '2026-11-22T07:34:10Z', '2026-11-22T07:35'],
    ['* * * * *', '2026-11-22T07:35:00Z', '2026-11-22T07:36'],
    ['*/15 * * * *', '2026-01-01T10:46:00Z', '2026-01-01T11:00'],
    ['5/20 * * * *', '2026-01-01T10:06:00Z', '2026-01-01T10:25'],
    ['0 0 1 * *', '2026-01-31T00:00:00Z', '2026-02-01T00:00'],
    ['0 12 * * mon-fri', '2026-01-03T00:00:00Z', '2026-01-05T12:00'],
    ['0 0 13 * 5', '2026-02-14T00:00:00Z', '2026-02-20T00:00'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00'],
    ['@daily', '2026-01-01T10:00:00Z', '2026-01-02T00:00'],
    ['0 9 * * *', '2026-01-01T00:00:00Z', '2026-01-01T14:00', 'America/New_York'],
    ['0 9 * * *', '2026-07-01T00:00:00Z', '2026-07-01T13:00', 'America/New_York'],
    // 2:30 does not exist in the night of the change to summer time.
    ['30 2 * * *', '2026-03-08T00:00:00Z', '2026-03-09T06:30', 'America/New_York'],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', 'never'],
  ];
  for (const [expression, after, expected, zone] of cases) assert.equal(next(expression, after, zone), expected, `${expression} after ${after} ${zone ?? ''}`);
});

test('@every counts from the last time', () => assert.equal(next('@every 1h30m', '2026-01-01T00:00:10Z'), '2026-01-01T01:30'));

test('expressions that cannot be read', () => {
  for (const [expression, error] of [
    ['', 'empty spec string'], ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'], ['60 * * * *', 'end of range (60) above maximum (59): 60'], ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'], ['*/0 * * * *', 'step of range should be a positive number: */0'], ['@often', 'unrecognized descriptor: @often'],
  ] as const) assert.equal(next(expression, '2026-01-01T00:00:00Z'), error);
  assert.equal(timeZoneError('Mars/Olympus'), 'unknown time zone Mars/Olympus');
  assert.equal(timeZoneError('Europe/Berlin'), undefined);
});
