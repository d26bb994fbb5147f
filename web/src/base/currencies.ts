// ISO 4217, the decimals of each currency. Browsers take theirs from CLDR, which drops decimals that are seldom used (HUF, IDR,
// COP), and from one release to the next others. Amounts of the API are in the minor unit of this table.

const DECIMALS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
      CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
      KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
      NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
      TRY TTD TWD TZS UAH USD USN UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Withdrawn since 2020: what was sold in them stays on record. */
const WITHDRAWN = 'ANG BGN CUC HRK SLL ZWL';

const codesIn = (text: string): string[] => text.split(/\s+/);
const decimalsByCode = new Map<string, number>(
  Object.entries(DECIMALS).flatMap(([decimals, codes]) => codesIn(codes).map((code) => [code, Number(decimals)] as const)),
);
for (const code of codesIn(WITHDRAWN)) decimalsByCode.set(code, 2);

/** All known codes. */
export const CURRENCIES: readonly string[] = [...decimalsByCode.keys()].sort();

/** How many decimals the minor unit has; undefined for a code that is not of ISO 4217, or has no minor unit (XAU, XDR). */
export function decimalsOf(currency: string): number | undefined {
  return decimalsByCode.get(currency);
}
