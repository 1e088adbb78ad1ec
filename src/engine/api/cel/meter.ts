import { CelFailure } from './words';

/** Steps of loops that one rule may take, and all rules of a request together: beyond that an expression would hold up everybody. */
const PER_CALL = 200_000;
const PER_REQUEST = 2_000_000;

/** Counts what expressions cost. kube-apiserver counts finer, in cost units of cel-go; the bound is of the same order. */
export class Meter {
  private spent = 0;
  private inCall = 0;

  /** Before each rule. */
  begin(): void { this.inCall = 0; }

  /** Whether nothing may run any more. */
  get exhausted(): boolean { return this.spent > PER_REQUEST; }

  step(): void {
    this.spent++;
    this.inCall++;
    if (this.inCall > PER_CALL || this.exhausted) throw new CelFailure('operation cancelled: actual cost limit exceeded');
  }
}
