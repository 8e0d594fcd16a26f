-- How texts become values. Each macro gives NULL for a text that is no such value; the row is then rejected.

-- The parts of a number: sign, currency, digits with their separators, a trailing minus, a percent sign, accountants' parentheses.
CREATE OR REPLACE TEMP MACRO attain_number_parts(t) AS regexp_extract(
  t,
  '^(\(?)\s*([-+−–]?)\s*(?:[A-Z]{3}|[A-Z]{0,2}\p{Sc}|kr\.?|Rs\.?|Fr\.?)?[\s\x{a0}\x{2009}\x{202f}]*([-+−–]?)\s*((?:[0-9][0-9.,''’\s\x{a0}\x{2009}\x{202f}]*[0-9]|[0-9])[.,]?|[.,][0-9]+)[\s\x{a0}\x{2009}\x{202f}]*(?:[A-Z]{3}|[A-Z]{0,2}\p{Sc}|kr\.?|zł|Kč|Ft|lei|Fr\.?)?\s*([-−–]?)\s*(%?)(\)?)$',
  ['paren', 'before', 'after', 'digits', 'behind', 'percent', 'close']);

-- The macros below take the parts, so that a text is taken apart once.
CREATE OR REPLACE TEMP MACRO attain_digits(p) AS
  regexp_replace(p.digits, '[''’\s\x{a0}\x{2009}\x{202f}]', '', 'g');

-- `d` is the decimal sign. Groups are of three digits, or of two before the last (India).
CREATE OR REPLACE TEMP MACRO attain_plain(p, d) AS CASE
  WHEN regexp_matches(attain_digits(p), CASE WHEN d = '.' THEN '^(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?$' ELSE '^(\d+|\d{1,3}(\.\d{2,3})*\.\d{3})?(,\d*)?$' END)
  THEN replace(replace(attain_digits(p), CASE WHEN d = '.' THEN ',' ELSE '.' END, ''), ',', '.') END;

CREATE OR REPLACE TEMP MACRO attain_sign(p) AS
  CASE WHEN p.paren <> '' OR p.before NOT IN ('', '+') OR p.after NOT IN ('', '+') OR p.behind <> '' THEN -1 ELSE 1 END;

CREATE OR REPLACE TEMP MACRO attain_decimal(p, d) AS
  TRY_CAST(nullif(attain_plain(p, d), '') AS DECIMAL(38, 10)) * attain_sign(p);

-- Amounts with thousands or millions behind the number: 2.5k, MXN 2k, 1,2 Mio. €, (3k). The letters must follow the number and end the
-- text, but for a currency, so that the M of "500 MXN" is none. Of the number, a sign that stands alone is the decimal sign.
CREATE OR REPLACE TEMP MACRO attain_short(t) AS regexp_extract(
  t,
  '(([0-9][0-9.,''’\s\x{a0}\x{2009}\x{202f}]*[0-9]|[0-9])[\s\x{a0}\x{2009}\x{202f}]?([kK]|[tT]sd|TSD|[mM]|[mM]io|MIO|[mM]ln|[mM]rd|[bB]n)\.?)[\s\x{a0}\x{2009}\x{202f}]?(?:[A-Z]{3}|[A-Z]{0,2}\p{Sc}|kr\.?|zł|Kč|Ft|lei)?\s?[-−–]?\)?$',
  ['whole', 'digits', 'letters']);

CREATE OR REPLACE TEMP MACRO attain_short_plain(g) AS CASE
  WHEN contains(g, ',') AND contains(g, '.') THEN CASE WHEN strpos(reverse(g), ',') < strpos(reverse(g), '.')
    THEN replace(replace(g, '.', ''), ',', '.') ELSE replace(g, ',', '') END
  WHEN length(g) - length(replace(replace(g, ',', ''), '.', '')) = 1 THEN replace(g, ',', '.')
  ELSE replace(replace(g, ',', ''), '.', '') END;

CREATE OR REPLACE TEMP MACRO attain_short_number(p) AS
  TRY_CAST(attain_short_plain(attain_digits(p)) AS DECIMAL(20, 6)) * CASE lower(p.letters) WHEN 'k' THEN 1000 WHEN 'tsd' THEN 1000
    WHEN 'mrd' THEN 1000000000 WHEN 'bn' THEN 1000000000 ELSE 1000000 END;

-- The amount with its number written out, its currency and sign as they were; `d` is the decimal sign of the column. Other texts as they are.
CREATE OR REPLACE TEMP MACRO attain_amount(t, d) AS CASE
  WHEN attain_short(t).letters <> '' AND attain_short_number(attain_short(t)) IS NOT NULL THEN trim(replace(t, attain_short(t).whole,
    replace(regexp_replace(CAST(CAST(attain_short_number(attain_short(t)) AS DECIMAL(30, 4)) AS VARCHAR), '\.?0{1,4}$', ''), '.', d) || ' '))
  ELSE t END;

-- Is the decimal sign of these digits certain? ',' or '.', or '?' when it could be either, or NULL when it has none.
CREATE OR REPLACE TEMP MACRO attain_decimal_sign(g) AS CASE
  WHEN contains(g, ',') AND contains(g, '.') THEN CASE WHEN strpos(reverse(g), ',') < strpos(reverse(g), '.') THEN ',' ELSE '.' END
  WHEN regexp_matches(g, '^\d{1,3}(,\d{3}){2,}$') THEN '.'
  WHEN regexp_matches(g, '^\d{1,3}(\.\d{3}){2,}$') THEN ','
  WHEN regexp_matches(g, '^[1-9]\d{0,2}[.,]\d{3}$') THEN '?'
  WHEN contains(g, ',') THEN ','
  WHEN contains(g, '.') THEN '.' END;

-- The currency that an amount carries; `dollar` is what a bare $ means here.
CREATE OR REPLACE TEMP MACRO attain_currency_of(t, dollar) AS CASE
  WHEN t IS NULL OR regexp_matches(t, '^[-+0-9., ]*$') THEN NULL
  WHEN regexp_matches(t, '\b[A-Z]{3}\b') THEN regexp_extract(t, '\b[A-Z]{3}\b')
  WHEN contains(t, '€') THEN 'EUR' WHEN contains(t, '£') THEN 'GBP' WHEN contains(t, '₹') THEN 'INR' WHEN contains(t, '₩') THEN 'KRW'
  WHEN contains(t, '₽') THEN 'RUB' WHEN contains(t, '₺') THEN 'TRY' WHEN contains(t, '₴') THEN 'UAH' WHEN contains(t, '₪') THEN 'ILS'
  WHEN contains(t, '¥') THEN 'JPY' WHEN contains(t, 'zł') THEN 'PLN' WHEN contains(t, 'Kč') THEN 'CZK' WHEN contains(t, 'US$') THEN 'USD'
  WHEN contains(t, 'R$') THEN 'BRL' WHEN contains(t, 'C$') OR contains(t, 'CA$') THEN 'CAD' WHEN contains(t, 'A$') OR contains(t, 'AU$') THEN 'AUD'
  WHEN contains(t, '$') THEN dollar END;

CREATE OR REPLACE TEMP MACRO attain_currency(t) AS CASE
  WHEN regexp_matches(t, '^[A-Z]{3}$') THEN t
  WHEN regexp_matches(t, '^[A-Za-z]{3}$') THEN upper(t)
  WHEN regexp_matches(t, '^[A-Z]{3} ?[-–(:].*$') THEN t[1:3]
  ELSE CASE lower(t) WHEN 'euro' THEN 'EUR' WHEN 'euros' THEN 'EUR' WHEN '€' THEN 'EUR' WHEN '£' THEN 'GBP' WHEN '$' THEN 'USD'
    WHEN 'us$' THEN 'USD' WHEN '¥' THEN 'JPY' WHEN '₹' THEN 'INR' END END;

CREATE OR REPLACE TEMP MACRO attain_bool(t) AS CASE
  WHEN lower(t) IN ('true', 't', 'yes', 'y', '1', '1.0', 'on', 'x', 'ja', 'oui', 'si', 'sí', 'vrai', 'wahr') THEN true
  WHEN lower(t) IN ('false', 'f', 'no', 'n', '0', '0.0', 'off', 'nein', 'non', 'faux', 'falsch') THEN false END;

-- A time without regard to zones, in microseconds. `formats` are tried in their order after ISO 8601.
CREATE OR REPLACE TEMP MACRO attain_sane(us) AS
  CASE WHEN us BETWEEN -2208988800000000 AND 7258118399999999 THEN us END; -- 1900 to 2199

CREATE OR REPLACE TEMP MACRO attain_iso(t) AS
  CASE WHEN t[5:5] IN ('-', '/') THEN epoch_us(TRY_CAST(t AS TIMESTAMP)) END;

CREATE OR REPLACE TEMP MACRO attain_has_offset(t) AS
  length(t) > 10 AND (t[-1:] IN ('Z', 'z') OR contains(t[12:], '+') OR contains(t[12:], '-') OR contains(t[12:], 'UTC') OR contains(t[12:], 'GMT'));

CREATE OR REPLACE TEMP MACRO attain_with_offset(t) AS attain_sane(epoch_us(TRY_CAST(
  regexp_replace(regexp_replace(t, '\s*(UTC|GMT)$', 'Z'), '\s+([+-]\d\d:?\d\d)$', '\1') AS TIMESTAMPTZ)));

CREATE OR REPLACE TEMP MACRO attain_formatted(t, formats) AS
  CASE WHEN ends_with(t, ' 24:00') OR ends_with(t, ' 24:00:00') -- the end of a day is the beginning of the next
    THEN epoch_us(try_strptime(replace(replace(t, ', ', ' '), ' 24:00', ' 00:00'), formats)) + 86400000000
    ELSE epoch_us(try_strptime(replace(t, ', ', ' '), formats)) END;

-- Months by their names in English, German, French, Spanish, Italian, Portuguese and Dutch, without accents. No name is one month
-- here and another there.
CREATE OR REPLACE TEMP MACRO attain_month(name) AS list_extract(map_extract(MAP {
  'jan': 'Jan', 'january': 'Jan', 'januar': 'Jan', 'janner': 'Jan', 'jaenner': 'Jan', 'januari': 'Jan', 'janv': 'Jan', 'janvier': 'Jan', 'ene': 'Jan', 'enero': 'Jan', 'gen': 'Jan', 'genn': 'Jan', 'gennaio': 'Jan', 'janeiro': 'Jan',
  'feb': 'Feb', 'febr': 'Feb', 'february': 'Feb', 'februar': 'Feb', 'feber': 'Feb', 'februari': 'Feb', 'fev': 'Feb', 'fevr': 'Feb', 'fevrier': 'Feb', 'febrero': 'Feb', 'febbr': 'Feb', 'febbraio': 'Feb', 'fevereiro': 'Feb',
  'mar': 'Mar', 'march': 'Mar', 'marz': 'Mar', 'maerz': 'Mar', 'mrz': 'Mar', 'mars': 'Mar', 'marzo': 'Mar', 'marco': 'Mar', 'mrt': 'Mar', 'maart': 'Mar',
  'apr': 'Apr', 'april': 'Apr', 'avr': 'Apr', 'avril': 'Apr', 'abr': 'Apr', 'abril': 'Apr', 'aprile': 'Apr',
  'may': 'May', 'mai': 'May', 'mayo': 'May', 'mag': 'May', 'magg': 'May', 'maggio': 'May', 'maio': 'May', 'mei': 'May',
  'jun': 'Jun', 'june': 'Jun', 'juni': 'Jun', 'juin': 'Jun', 'junio': 'Jun', 'giu': 'Jun', 'giugno': 'Jun', 'junho': 'Jun',
  'jul': 'Jul', 'july': 'Jul', 'juli': 'Jul', 'juil': 'Jul', 'juillet': 'Jul', 'julio': 'Jul', 'lug': 'Jul', 'luglio': 'Jul', 'julho': 'Jul',
  'aug': 'Aug', 'august': 'Aug', 'aout': 'Aug', 'ago': 'Aug', 'agosto': 'Aug', 'augustus': 'Aug',
  'sep': 'Sep', 'sept': 'Sep', 'september': 'Sep', 'septembre': 'Sep', 'septiembre': 'Sep', 'set': 'Sep', 'sett': 'Sep', 'setiembre': 'Sep', 'settembre': 'Sep', 'setembro': 'Sep',
  'oct': 'Oct', 'october': 'Oct', 'okt': 'Oct', 'oktober': 'Oct', 'octobre': 'Oct', 'octubre': 'Oct', 'ott': 'Oct', 'ottobre': 'Oct', 'out': 'Oct', 'outubro': 'Oct',
  'nov': 'Nov', 'november': 'Nov', 'novembre': 'Nov', 'noviembre': 'Nov', 'novembro': 'Nov',
  'dec': 'Dec', 'december': 'Dec', 'dez': 'Dec', 'dezember': 'Dec', 'decembre': 'Dec', 'dic': 'Dec', 'diciembre': 'Dec', 'dicembre': 'Dec', 'dezembro': 'Dec'}, name), 1);

-- "1er août 2026", "5 de ene. de 2026": what stands beside the name of the month is left out.
CREATE OR REPLACE TEMP MACRO attain_plain_date(t) AS trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
  strip_accents(lower(t)), '^(\d+)(er|º|°|o) ', '\1 '), '\b(de|del)\b', ' ', 'g'), '([a-z])[.]([^a-z0-9]|$)', '\1\2', 'g'), '\s+', ' ', 'g'));

CREATE OR REPLACE TEMP MACRO attain_named_date(plain) AS
  CASE WHEN regexp_matches(plain, '^[^a-z]*[a-z]{3,}[^a-z]*( [ap]m)?$')
    THEN regexp_replace(plain, '[a-z]{3,}', attain_month(regexp_extract(plain, '[a-z]{3,}'))) END;

-- The same with the month in English; null where the only word is no month, or there are several. A layer of map_value.c computes it
-- once, for the macros above write their text wherever a parameter stands.
CREATE OR REPLACE TEMP MACRO attain_in_english(t) AS attain_named_date(attain_plain_date(t));

CREATE OR REPLACE TEMP MACRO attain_naive(t, formats) AS
  attain_sane(coalesce(attain_iso(t), attain_formatted(t, formats)));

-- Digits alone: seconds, milliseconds or microseconds since 1970, or a spreadsheet's day number; the milliseconds of /Date(1490000000000)/.
CREATE OR REPLACE TEMP MACRO attain_epoch(t) AS CASE WHEN starts_with(t, '/Date(') THEN TRY_CAST(regexp_extract(t, '-?\d+') AS BIGINT) * 1000
  ELSE CASE length(split_part(t, '.', 1))
  WHEN 5 THEN CAST(round((TRY_CAST(t AS DECIMAL(30, 9)) - 25569) * 86400, 0) AS BIGINT) * 1000000
  WHEN 9 THEN TRY_CAST(t AS BIGINT) * 1000000 WHEN 10 THEN CAST(TRY_CAST(t AS DECIMAL(30, 6)) * 1000000 AS BIGINT)
  WHEN 12 THEN TRY_CAST(t AS BIGINT) * 1000 WHEN 13 THEN TRY_CAST(t AS BIGINT) * 1000 WHEN 16 THEN TRY_CAST(t AS BIGINT) END END;

-- Seconds from 1:02:03, 02:03 (hours and minutes), 1h 2m 3s, PT1H2M. More than 59 minutes may stand behind hours: 0:75:10.
CREATE OR REPLACE TEMP MACRO attain_seconds(t) AS CASE
  WHEN regexp_matches(t, '^\d+:\d{1,2}$|^\d+:\d{1,4}:\d{1,2}$')
    THEN CAST(split_part(t, ':', 1) AS BIGINT) * 3600 + CAST(split_part(t, ':', 2) AS BIGINT) * 60 + coalesce(TRY_CAST(split_part(t, ':', 3) AS BIGINT), 0)
  WHEN regexp_matches(lower(t), '^p?t?\s*(\d+\s*h\w*)?\s*(\d+\s*m\w*)?\s*(\d+\s*s\w*)?$') AND regexp_matches(lower(t), '\d')
    THEN coalesce(TRY_CAST(regexp_extract(lower(t), '(\d+)\s*h', 1) AS BIGINT), 0) * 3600
       + coalesce(TRY_CAST(regexp_extract(lower(t), '(\d+)\s*m', 1) AS BIGINT), 0) * 60
       + coalesce(TRY_CAST(regexp_extract(lower(t), '(\d+)\s*s', 1) AS BIGINT), 0) END;
