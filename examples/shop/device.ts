/** What a person calls the thing in front of them. Stored at sign-in, shown on "Your devices". */
export interface Device {
  browser: string;
  system: string;
  phone: boolean;
}

// The order counts: Edge, Opera and Samsung Internet also claim to be Chrome, and Chrome to be Safari.
const browsers: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|CriOS)\//, "Chrome"],
  [/Version\/.*Safari\//, "Safari"],
  [/^curl\//, "curl"],
];

const systems: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

export function describeDevice(userAgent = ""): Device {
  return {
    browser: firstMatch(browsers, userAgent) ?? "An unknown browser",
    system: firstMatch(systems, userAgent) ?? "an unknown system",
    phone: /Mobi|iPhone|Android/.test(userAgent),
  };
}

export function deviceName(device: Device | undefined): string {
  return device ? `${device.browser} on ${device.system}` : "An unknown device";
}

function firstMatch(table: readonly [RegExp, string][], text: string): string | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}
