/** The library's values that functions of ours meet. */
export { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
