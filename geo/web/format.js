/* Figures in words, as geo/account/words.py says them: the same text for the same double. */
(function () {
  'use strict';
  const T = window.Tumen;
  const UNKNOWN = 'unknown';
  const MARKS = 3;
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  /** @type {(value: Known | undefined) => value is number} */
  function known(value) { return value !== null && value !== undefined && !Number.isNaN(value); }

  /** @type {(digits: string) => string} */
  function grouped(digits) { return digits.replace(/\B(?=(\d{3})+$)/g, ','); }

  /** @type {(value: number) => string} */
  function fixed(value) {
    const digits = upward(value, MARKS);
    const decimals = digits.slice(-MARKS).replace(/0+$/, '');
    const sign = value < 0 || Object.is(value, -0) ? '-' : '';
    return sign + grouped(digits.slice(0, -MARKS)) + (decimals ? '.' + decimals : '');
  }

  /** Four digits that count: 0.0005, 1.234e-05. @type {(value: number) => string} */
  function small(value) {
    const parts = value.toExponential(3).split('e'), power = Number(parts[1]);
    if (power >= -4) return value.toFixed(3 - power).replace(/0+$/, '');
    return parts[0].replace(/\.?0+$/, '') + 'e-' + String(-power).padStart(2, '0');
  }

  /** @type {(value: number) => string} */
  function number(value) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
    return value && Math.abs(value) < 0.001 ? small(value) : fixed(value);
  }

  /** A double times a power of ten, through its shortest decimal. @type {(value: number, power: number) => number} */
  function shifted(value, power) {
    const parts = value.toExponential().split('e');
    return Number(parts[0] + 'e' + (Number(parts[1]) + power));
  }

  /** Four digits that count of what the account divides, halves up as the decimal stands. @type {(value: number) => number} */
  function fourDigits(value) {
    const plain = Number(value.toPrecision(12)), power = 3 - Number(plain.toExponential().split('e')[1]);
    const found = shifted(halvesUp(shifted(plain, power), 0), -power);
    return Math.abs(found) >= 0.001 ? halvesUp(found, 3) : found;
  }

  /** Three digits that count, halves up. @type {(value: number) => string} */
  function rounded(value) { return number(value ? Number(value.toPrecision(3)) : value); }

  /** A unit as readers see it: 'train_pairs' → 'train pairs'. @type {(unit: string) => string} */
  function plain(unit) { return unit.replace(/_/g, ' '); }

  const PLURALS = [['ies', 'y'], ['sses', 'ss'], ['shes', 'sh'], ['ches', 'ch'], ['xes', 'x'], ['s', '']];

  /** The unit of the figure 1, as words.py makes it: what is no plural stays. @type {(unit: string) => string} */
  function singular(unit) {
    const counted = unit.split('/')[0].split(' of ')[0], last = counted.split(/[ _]/).pop() || '';
    const found = /^[a-z]{4,}$/.test(last) && !/(ss|us|is)$/.test(last) &&
      PLURALS.find(function (pair) { return last.endsWith(pair[0]); });
    return found ? counted.slice(0, -found[0].length) + found[1] + unit.slice(counted.length) : unit;
  }

  /** A number with its unit, a single one without the plural. @type {(said: string, unit: string) => string} */
  function ofUnit(said, unit) { return (said + ' ' + plain(said === '1' ? singular(unit) : unit)).trim(); }

  /** Both ends in words, one of them known. @type {(low: string | null, high: string | null) => string} */
  function between(low, high) {
    if (low === null || high === null) return high === null ? 'at least ' + low : 'at most ' + high;
    return low === high ? low : low + '–' + high;
  }

  /**
   * What could move in a period: '4 Mt/year', '4–5 Mt/year', '1.333 Mt'; '' when unknown.
   * @type {(ends: [Known, Known], unit: string, years: number) => string}
   */
  function could(ends, unit, years) {
    const said = ends.map(function (x) { return x === null ? null : years === 1 ? number(x) : number(x && fourDigits(x)); });
    if (said[0] === null && said[1] === null) return '';
    return ofUnit(between(said[0], said[1]), unit) + (years === 1 ? '/year' : '');
  }

  /**
   * '2–2.5 Mt', 'at least 0.05 Mt', 'at most 0.1 Mt' or 'unknown', of {quantity, quantity_low, …}.
   * @type {(row: Amount, unit?: string) => string}
   */
  function quantity(row, unit) {
    const own = unit === undefined ? row.unit || '' : unit;
    const said = [row.quantity, row.quantity_low, row.quantity_high].map(function (x) { return known(x) ? number(x) : null; });
    if (said[0] !== null && (said[1] === null || said[2] === null)) return ofUnit(said[0], own);
    return said[1] === null && said[2] === null ? UNKNOWN : ofUnit(between(said[1], said[2]), own);
  }

  /**
   * The shortest decimal of a double without an exponent: whole digits and decimals.
   * @type {(value: number) => [string, string]}
   */
  function decimal(value) {
    const parts = String(Math.abs(value)).split('e'), power = Number(parts[1] || 0);
    const digits = parts[0].split('.'), after = digits[1] || '';
    if (power >= 0) return [digits[0] + after.slice(0, power).padEnd(power, '0'), after.slice(power)];
    return ['0', '0'.repeat(-power - 1) + digits[0] + after];
  }

  /** The digits of the shortest decimal of a double at so many places, halves up, its point left out. @type {(value: number, places: number) => string} */
  function upward(value, places) {
    const parts = decimal(value), kept = parts[0] + parts[1].slice(0, places).padEnd(places, '0');
    const up = (parts[1][places] || '0') >= '5' ? 1n : 0n;
    return (BigInt(kept) + up).toString().padStart(places + 1, '0');
  }

  /** The shortest decimal of a double at so many places, halves up. @type {(value: number, places: number) => number} */
  function halvesUp(value, places) {
    const digits = upward(value, places), cut = digits.length - places;
    const text = digits.slice(0, cut) + (places ? '.' + digits.slice(cut) : '');
    return Number((value < 0 || Object.is(value, -0) ? '-' : '') + text);
  }

  const TINY = 0.001; // a share that one decimal would show as nothing

  /** A hundred times the twelve digits of a share: a quotient of binary numbers misses its tie. @type {(share: number) => number} */
  function hundredfold(share) { return shifted(Number(share.toPrecision(12)), 2); }

  /** @type {(share: number) => string} */
  function digits(share) { return number(halvesUp(hundredfold(share), share >= 0.095 ? 0 : 1) + 0); }

  /** @type {(share: Known | undefined) => string} */
  function percent(share) {
    if (!known(share)) return UNKNOWN;
    return share > 0 && share < TINY ? 'under 0.1 %' : digits(share) + ' %';
  }

  /**
   * A share between two ends: '30 %', '50–63 %', 'at least 1.3 %' or '' when unknown.
   * As the lower end of a range or bound a share under 0.1 % is 0.
   * @type {(low: Known, high: Known) => string}
   */
  function share(low, high) {
    const least = low === null ? null : low > 0 && low < TINY ? '0' : digits(low);
    if (high === null) return least === null ? '' : 'at least ' + least + ' %';
    if (low === high || high > 0 && high < TINY) return percent(high);
    const most = digits(high);
    if (least === null) return 'at most ' + most + ' %';
    return (least === most ? most : least + '–' + most) + ' %';
  }

  /** 'a, b and c'. @type {(words: string[]) => string} */
  function joined(words) {
    return words.length > 1 ? words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1] : words.join('');
  }

  /** '2–2.5 Mt' without its unit: '2–2.5'. @type {(text: string, unit: string) => string} */
  function bare(text, unit) {
    if (text === ofUnit('1', unit)) return '1';
    return unit && text.endsWith(' ' + plain(unit)) ? text.slice(0, -unit.length - 1) : text;
  }

  /** @type {(iso: string) => number[]} */
  function split(iso) { return iso.split('-').map(Number); }

  /** @type {(date: number[]) => string} */
  function day(date) { return date[2] + ' ' + MONTHS[date[1] - 1] + ' ' + date[0]; }

  /** @type {(date: number[]) => number} */
  function lastDay(date) { return new Date(Date.UTC(date[0], date[1], 0)).getUTCDate(); }

  /** @type {(a: number[], b: number[]) => string} */
  function months(a, b) {
    const first = MONTHS[a[1] - 1], last = MONTHS[b[1] - 1];
    if (a[1] === 1 && b[1] === 12) return a[0] === b[0] ? String(a[0]) : a[0] + '–' + b[0];
    if (a[0] !== b[0]) return first + ' ' + a[0] + '–' + last + ' ' + b[0];
    if (a[1] === b[1]) return first + ' ' + a[0];
    if (b[1] - a[1] === 2 && a[1] % 3 === 1) return 'Q' + (a[1] + 2) / 3 + ' ' + a[0];
    return first + '–' + last + ' ' + a[0];
  }

  /** A period of two ISO dates in words, as words.period in Python says it. */
  T.period = function (start, end) {
    const a = split(start), b = split(end);
    if (start === end) return day(a);
    if (a[2] === 1 && b[2] === lastDay(b)) return months(a, b);
    if (a[0] === b[0] && a[1] === b[1]) return a[2] + '–' + day(b);
    if (a[0] === b[0]) return a[2] + ' ' + MONTHS[a[1] - 1] + '–' + day(b);
    return day(a) + '–' + day(b);
  };

  T.words = {
    bare: bare, number: number, rounded: rounded, could: could, quantity: quantity, percent: percent, share: share, joined: joined,
    UNKNOWN: UNKNOWN,
  };
})();
