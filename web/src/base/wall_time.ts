// Which clock a page uses: that of its language in the device's region ("en-GB", English in Germany: 24 hours; "en-US": 12).

const TWELVE: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', hour12: true };
const TWENTY_FOUR: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** The parts of a time of day in that language. */
export function clockOf(language: string, deviceLanguages: readonly string[] = navigator.languages): Intl.DateTimeFormatOptions {
  const tag = deviceLanguages.find((one) => one.startsWith(`${language}-`)) ?? inRegionOf(deviceLanguages[0], language);
  return new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions().hour12 ? TWELVE : TWENTY_FOUR;
}

function inRegionOf(tag: string | undefined, language: string): string {
  const region = tag === undefined ? undefined : new Intl.Locale(tag).maximize().region;
  return region === undefined ? language : `${language}-${region}`;
}
