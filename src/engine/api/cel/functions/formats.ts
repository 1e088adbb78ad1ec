import type { Environment, Optional } from '@marcbachmann/cel-js';
import { matchesFormat } from '../../validation/apiextensions/stringFormats';
import { isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidLabelValue, type Messages } from '../../validation/formats';
import { nameIsDNS1035Label, nameIsDNSLabel, nameIsDNSSubdomain } from '../../validation/meta';
import { none, some } from './lists';

export class FormatValue {
  constructor(readonly check: (text: string) => Messages) {}
}
/** Holds format.dns1123Label() and its like. */
class FormatNamespace {}

const byPattern = (format: string): ((text: string) => Messages) => (text) => (matchesFormat(format, text) ? [] : [`must be a valid ${format}`]);

const FORMATS: { readonly [name: string]: FormatValue } = {
  dns1123Label: new FormatValue(isDNS1123Label), dns1123Subdomain: new FormatValue(isDNS1123Subdomain), dns1035Label: new FormatValue(isDNS1035Label), qualifiedName: new FormatValue(isQualifiedName),
  dns1123LabelPrefix: new FormatValue((text) => nameIsDNSLabel(text, true)), dns1123SubdomainPrefix: new FormatValue((text) => nameIsDNSSubdomain(text, true)),
  dns1035LabelPrefix: new FormatValue((text) => nameIsDNS1035Label(text, true)), labelValue: new FormatValue(isValidLabelValue),
  uri: new FormatValue(byPattern('uri')), uuid: new FormatValue(byPattern('uuid')), byte: new FormatValue(byPattern('byte')), date: new FormatValue(byPattern('date')), datetime: new FormatValue(byPattern('datetime')),
};

/** Kubernetes' named formats: validate gives nothing, or what is wrong. */
export function formats(environment: Environment): void {
  environment
    .registerType('kubernetes.NamedFormat', FormatValue)
    .registerType('FormatNamespace', FormatNamespace)
    .registerConstant('format', 'FormatNamespace', new FormatNamespace())
    .registerFunction('FormatNamespace.named(string): optional<kubernetes.NamedFormat>', (_: FormatNamespace, name: string): Optional => (Object.hasOwn(FORMATS, name) ? some(FORMATS[name]) : none()))
    .registerFunction('kubernetes.NamedFormat.validate(string): optional<list<string>>', (format: FormatValue, text: string): Optional => {
      const messages = format.check(text);
      return messages.length > 0 ? some([...messages]) : none();
    });
  for (const name of Object.keys(FORMATS)) environment.registerFunction(`FormatNamespace.${name}(): kubernetes.NamedFormat`, () => FORMATS[name]);
}
