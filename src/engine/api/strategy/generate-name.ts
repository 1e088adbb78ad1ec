/** Where the letters of a generated name come from: numbers from 0 up to, but not including, 1. */
export interface RandomSource {
  next(): number;
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_BASE_LENGTH = 63 - SUFFIX_LENGTH;

/** metadata.generateName and five random letters, no vowels; the base is cut to 58 characters. */
export function generateName(base: string, random: RandomSource): string {
  return base.slice(0, MAX_BASE_LENGTH) + randomLetters(SUFFIX_LENGTH, random);
}

/** util/rand.String: letters that form no words. */
export function randomLetters(length: number, random: RandomSource): string {
  let out = '';
  for (let i = 0; i < length; i++) out += LETTERS[Math.floor(random.next() * LETTERS.length)] ?? '';
  return out;
}
