import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and a certificate for the loopback address, both as PEM, made for one run of the server. */
export interface ServingCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** Kept a little before now, for clocks that differ, and for longer than anybody serves. */
const VALID_DAYS = 365;
const DAY = 86_400_000;

/** Object identifiers, in DER. */
const OID = {
  commonName: '0603550403', ecdsaWithSha256: '06082a8648ce3d040302', basicConstraints: '0603551d13', keyUsage: '0603551d0f', extendedKeyUsage: '0603551d25', subjectAltName: '0603551d11',
  subjectKeyIdentifier: '0603551d0e', serverAuth: '06082b06010505070301',
};

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** One DER value: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
const octets = (contents: Buffer): Buffer => der(0x04, contents);
const TRUE = bytes('0101ff');
const name = (text: string): Buffer => sequence(der(0x31, sequence(bytes(OID.commonName), der(0x0c, Buffer.from(text)))));
const utcTime = (milliseconds: number): Buffer => der(0x17, Buffer.from(new Date(milliseconds).toISOString().replace(/^\d\d|[-:T]|\.\d+/g, '')));
const extension = (oid: string, value: Buffer, critical = false): Buffer => sequence(bytes(oid), ...(critical ? [TRUE] : []), octets(value));

/** localhost, 127.0.0.1 and ::1. */
const LOOPBACK_NAMES = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, bytes('00000000000000000000000000000001')));

/**
 * A self-signed certificate, its own authority. kubectl sends credentials over TLS only (clientcmd reads a user's part
 * of a kubeconfig for https alone), and Node can make keys but no certificates.
 */
export function makeCertificate(now: number): ServingCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subjectPublicKey = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = sequence(bytes(OID.ecdsaWithSha256));
  const serial = randomBytes(15);
  const subject = name('controlplane');
  const extensions = sequence(
    extension(OID.basicConstraints, sequence(TRUE), true),
    // digitalSignature and keyCertSign
    extension(OID.keyUsage, bytes('03020284'), true),
    extension(OID.extendedKeyUsage, sequence(bytes(OID.serverAuth))),
    extension(OID.subjectKeyIdentifier, octets(createHash('sha1').update(subjectPublicKey).digest())),
    extension(OID.subjectAltName, LOOPBACK_NAMES),
  );
  const toSign = sequence(
    der(0xa0, bytes('020102')), der(0x02, Buffer.from([0x01]), serial), algorithm, subject, sequence(utcTime(now - DAY), utcTime(now + VALID_DAYS * DAY)), subject, subjectPublicKey, der(0xa3, extensions),
  );
  const certificate = sequence(toSign, algorithm, der(0x03, Buffer.from([0]), sign('sha256', toSign, privateKey)));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, certificate: pem(certificate) };
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
