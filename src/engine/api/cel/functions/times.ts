import type { Environment } from '@marcbachmann/cel-js';
import type { Duration } from './types';

/** Conversions of times that the library lacks. */
export function times(environment: Environment): void {
  environment
    .registerFunction('string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString().replace(/\.?0*Z$/, 'Z').replace(/(T\d\d:\d\d)Z$/, '$1:00Z'))
    .registerFunction('string(google.protobuf.Duration): string', (duration: Duration) => duration.toString())
    .registerFunction('int(google.protobuf.Timestamp): int', (time: Date) => BigInt(Math.floor(time.getTime() / 1000)))
    .registerFunction('timestamp(google.protobuf.Timestamp): google.protobuf.Timestamp', (time: Date) => time)
    .registerFunction('duration(google.protobuf.Duration): google.protobuf.Duration', (duration: Duration) => duration);
}
